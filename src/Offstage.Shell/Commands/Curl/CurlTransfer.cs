using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Curl;

/// <summary>One URL: the request, its redirects and retries, and where the answer goes.</summary>
internal sealed class CurlTransfer(CommandContext context, ParsedOptions options, INetworkPolicy policy, CurlCookies cookies)
{
    /// <summary>Stands for the last part of the URL's path as the name of the output file.</summary>
    public const string RemoteName = "\u0100";

    private const int RedirectsDefault = 50;
    private const int RetriesMax = 20;
    private const int BlockSize = 64 * 1024;

    private readonly long startedAt = context.Time.GetTimestamp();
    private long received;
    private int redirects;
    private int code;
    private Uri? effective;
    private string? contentType;

    /// <returns>curl's status.</returns>
    public int Run(string text, string? output)
    {
        string address = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        CurlBody body = CurlBody.Of(context, options);
        if (body.Query.Length > 0) address += (address.Contains('?') ? "&" : "?") + body.Query;
        if (!Uri.TryCreate(Latin.ToUnicode(address), UriKind.Absolute, out Uri? url)) return Fail(3, "URL using bad/illegal format or missing URL");
        if (url.Scheme is not ("http" or "https")) return Fail(1, $"Protocol \"{url.Scheme}\" not supported or disabled");
        int retries = int.TryParse(options.Value("retry"), out int wanted) ? Math.Clamp(wanted, 0, RetriesMax) : 0;
        using var limit = Seconds("m") is { } seconds ? new CancellationTokenSource(seconds, context.Time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.Interruption.Token);
        for (int attempt = 0; ; attempt++)
        {
            int status;
            bool mayRetry = attempt < retries;
            try
            {
                status = Attempt(url, body, output, mayRetry, stop.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                context.Check();
                return Fail(28, $"Operation timed out after {(long)context.Time.GetElapsedTime(startedAt).TotalMilliseconds} milliseconds with {received} bytes received");
            }
            catch (OperationCanceledException)
            {
                context.Check();
                throw;
            }
            catch (HttpRequestException error)
            {
                bool unresolved = error.HttpRequestError == HttpRequestError.NameResolutionError;
                if (!mayRetry) return Fail(unresolved ? 6 : error.HttpRequestError == HttpRequestError.SecureConnectionError ? 60 : 7, unresolved ? $"Could not resolve host: {url.Host}" : $"Failed to connect to {url.Host} port {url.Port}: {error.Message}");
                status = -1;
            }
            catch (IOException error)
            {
                return Fail(56, $"Recv failure: {error.Message}");
            }

            if (status >= 0) return status;
            Pause(attempt, stop.Token);
        }
    }

    private TimeSpan? Seconds(string key)
        => double.TryParse(options.Value(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and < 1e6 ? TimeSpan.FromSeconds(value) : null;

    private void Pause(int attempt, CancellationToken cancellationToken)
    {
        TimeSpan delay = Seconds("retry-delay") ?? TimeSpan.FromSeconds(Math.Min(600, 1 << Math.Min(attempt, 10)));
        using var done = new ManualResetEventSlim();
        using ITimer timer = context.Time.CreateTimer(static d => ((ManualResetEventSlim)d!).Set(), done, delay, Timeout.InfiniteTimeSpan);
        done.Wait(cancellationToken);
    }

    /// <returns>The status; -1 to try again.</returns>
    private int Attempt(Uri url, CurlBody body, string? output, bool mayRetry, CancellationToken cancellationToken)
    {
        string method = options.Value('X') ?? (options.Has('I') ? "HEAD" : options.Has('T') ? "PUT" : body.Content is not null ? "POST" : "GET");
        byte[]? content = body.Content;
        Uri first = url;
        int redirectsMax = int.TryParse(options.Value("max-redirs"), out int most) ? most : RedirectsDefault;
        using var invoker = new HttpMessageInvoker(policy.Handler, disposeHandler: false);
        while (true)
        {
            context.Check();
            effective = url;
            if (policy.Decide(new NetworkRequest(method.ToUpperInvariant(), url)) is NetworkDecision.Denied denied) return Fail(7, $"{url.GetLeftPart(UriPartial.Path)}: denied by the network policy: {Latin.FromUnicode(denied.Reason)}");
            using HttpRequestMessage request = Request(method, url, content, body.ContentType, isFirstHost: url.Authority == first.Authority);
            // The shell's commands are synchronous and have a thread of their own, which waits here.
            using HttpResponseMessage response = invoker.SendAsync(request, cancellationToken).GetAwaiter().GetResult();
            code = (int)response.StatusCode;
            contentType = response.Content.Headers.ContentType?.ToString();
            if (response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set))
                foreach (string cookie in set) cookies.Store(url, cookie);
            if (mayRetry && code is 408 or 429 or 500 or 502 or 503 or 504) return -1;
            if (options.Has('L') && code is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
            {
                if (++redirects > redirectsMax) return Fail(47, $"Maximum ({redirectsMax}) redirects followed");
                if (options.Has('i') || options.Has('I')) context.Output.Write(Head(response));
                url = new Uri(url, location);
                if (url.Scheme is not ("http" or "https")) return Fail(1, $"Protocol \"{url.Scheme}\" not supported or disabled");
                if (code is 303 || (code is 301 or 302 && method == "POST" && !options.Has('X')))
                {
                    method = method == "HEAD" ? "HEAD" : "GET";
                    content = null;
                }

                continue;
            }

            return Receive(response, url, output, cancellationToken);
        }
    }

    private HttpRequestMessage Request(string method, Uri url, byte[]? content, string? type, bool isFirstHost)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), url) { Version = new Version(1, 1) };
        if (content is not null)
        {
            request.Content = new ByteArrayContent(content);
            if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        var headers = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["User-Agent"] = options.Value('A') ?? "curl/7.88.1", ["Accept"] = "*/*" };
        if (options.Has("json")) headers["Accept"] = headers["Content-Type"] = "application/json";
        if (options.Value('e') is { } referrer) headers["Referer"] = referrer;
        if (options.Has("compressed")) headers["Accept-Encoding"] = "deflate, gzip";
        // What proves who is asking does not follow a redirect to another host.
        if (isFirstHost && options.Value('u') is { } user) headers["Authorization"] = "Basic " + Convert.ToBase64String(Latin.Bytes(user.Contains(':') ? user : user + ":"));
        if (cookies.Header(url, context.Time.GetUtcNow()) is { } sent) headers["Cookie"] = sent;
        foreach (string header in options.Values('H').SelectMany(Expand))
        {
            int colon = header.IndexOfAny([':', ';']);
            if (colon <= 0) continue;
            string name = header[..colon];
            if (!isFirstHost && name.ToLowerInvariant() is "authorization" or "cookie" or "host") continue;
            string value = header[(colon + 1)..].Trim();
            headers[name] = header[colon] == ';' ? "" : value.Length == 0 ? null : value;
        }

        foreach (var (name, value) in headers)
        {
            if (value is null) continue;
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                if (request.Content is null) continue;
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private IEnumerable<string> Expand(string header)
    {
        if (!header.StartsWith('@')) return [header];
        using var file = InputFile.TryOpen(context, header[1..], out _);
        return file is null ? [] : Latin.Text(file.ReadToEnd()).Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
    }

    private int Receive(HttpResponseMessage response, Uri url, string? output, CancellationToken cancellationToken)
    {
        bool isError = code >= 400 && (options.Has('f') || options.Has("fail-with-body"));
        if (isError && options.Has('f'))
        {
            WriteOut();
            return Fail(22, $"The requested URL returned error: {code}");
        }

        if (options.Value('D') is { } dump && dump != "-" && Save(dump, Head(response)) is var problem && problem != FileError.None) return Fail(23, $"Failed to open {dump}: {problem.Message()}");
        if (options.Value('D') == "-") context.Output.Write(Head(response));
        FileDescription? file = null;
        string? name = output == RemoteName ? PathText.Name(Latin.FromUnicode(Uri.UnescapeDataString(url.AbsolutePath))) : output;
        if (output == RemoteName && name is null or "" or "/" or "." or "..") return Fail(23, "Remote file name has no length");
        if (name is not null and not "-")
        {
            if (options.Has("create-dirs")) MakeParents(context.Resolve(name));
            FileError error = context.Open(name, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out file);
            if (file is null) return Fail(23, $"Failed to open the file {name}: {error.Message()}");
        }

        OutputWriter writer = file is null ? context.Output : context.Writer(file);
        try
        {
            if (options.Has('i') || options.Has('I')) writer.Write(Head(response));
            using Stream raw = response.Content.ReadAsStream(cancellationToken);
            using Stream stream = options.Has("compressed") ? Decoded(raw, response.Content.Headers) : raw;
            byte[] buffer = new byte[BlockSize];
            int count;
            while (!options.Has('I') && (count = stream.ReadAsync(buffer, cancellationToken).AsTask().GetAwaiter().GetResult()) > 0)
            {
                context.Check();
                received += count;
                if (received > context.Budget.Limits.FileBytesMax) return Fail(63, "Exceeded the maximum allowed file size");
                writer.Write(buffer.AsSpan(0, count));
                if (file is null) writer.Flush();
            }

            writer.Flush();
        }
        finally
        {
            file?.Release();
        }

        WriteOut();
        return isError ? Fail(22, $"The requested URL returned error: {code}") : 0;
    }

    private static Stream Decoded(Stream raw, HttpContentHeaders headers)
        => headers.ContentEncoding.LastOrDefault() switch
        {
            "gzip" => new GZipStream(raw, CompressionMode.Decompress),
            "deflate" => new ZLibStream(raw, CompressionMode.Decompress),
            _ => raw,
        };

    private void MakeParents(string path)
    {
        string parent = PathText.Directory(path);
        if (parent == "/" || context.Files.Stat(parent, followLinks: true, out _) == FileError.None) return;
        MakeParents(parent);
        _ = context.Files.MakeDirectory(parent, 0b111_111_111 & ~context.Umask);
    }

    private FileError Save(string name, string text)
    {
        FileError error = context.Open(name, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out FileDescription? file);
        if (file is null) return error;
        error = file.Write(Latin.Bytes(text), context.Interruption);
        file.Release();
        return error;
    }

    private static string Head(HttpResponseMessage response)
    {
        var text = new StringBuilder($"HTTP/{response.Version.Major}.{response.Version.Minor} {(int)response.StatusCode} {response.ReasonPhrase}\r\n");
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            foreach (string value in values) text.Append($"{name}: {value}\r\n");
        return Latin.FromUnicode(text.Append("\r\n").ToString());
    }

    private int Fail(int status, string message)
    {
        context.Output.Flush();
        if (!options.Has('s') || options.Has('S')) context.Complain($"({status}) {message}");
        return status;
    }

    /// <summary>The format of <c>-w</c>.</summary>
    private void WriteOut()
    {
        if (options.Value('w') is not { } format) return;
        var text = new StringBuilder(format.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal));
        (string Name, string Value)[] values =
        [
            ("http_code", code.ToString("000", CultureInfo.InvariantCulture)), ("response_code", code.ToString("000", CultureInfo.InvariantCulture)), ("url_effective", Latin.FromUnicode(effective?.AbsoluteUri ?? "")),
            ("content_type", Latin.FromUnicode(contentType ?? "")), ("size_download", received.ToString(CultureInfo.InvariantCulture)), ("num_redirects", redirects.ToString(CultureInfo.InvariantCulture)),
            ("time_total", context.Time.GetElapsedTime(startedAt).TotalSeconds.ToString("F6", CultureInfo.InvariantCulture)), ("scheme", effective?.Scheme.ToUpperInvariant() ?? ""), ("exitcode", "0"),
        ];
        foreach (var (name, value) in values) text.Replace($"%{{{name}}}", value);
        context.Output.Write(text.Replace("%%", "%").ToString());
    }
}
