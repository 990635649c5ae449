using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Curl;

/// <summary>curl over HTTP, as far as the network policy lets it.</summary>
internal sealed class CurlCommand(INetworkPolicy policy) : ICommand
{
    private static readonly OptionTable table = new(
        "curl [options...] <url>",
        "Transfers data from or to a server. What can be reached is decided by the policy of the shell.",
        new('A', "user-agent", "send User-Agent <name> to server", OptionArgument.Required, "name"),
        new('b', "cookie", "send cookies from string/file", OptionArgument.Required, "data"),
        new('c', "cookie-jar", "write cookies to <filename> after operation", OptionArgument.Required, "filename"),
        new('\0', "compressed", "request compressed response"),
        new('\0', "connect-timeout", "maximum time allowed for connection", OptionArgument.Required, "seconds"),
        new('d', "data", "HTTP POST data", OptionArgument.Required, "data"),
        new('\0', "data-ascii", "the same as --data", OptionArgument.Required, "data"),
        new('\0', "data-binary", "HTTP POST binary data", OptionArgument.Required, "data"),
        new('\0', "data-raw", "HTTP POST data, '@' allowed", OptionArgument.Required, "data"),
        new('\0', "data-urlencode", "HTTP POST data url encoded", OptionArgument.Required, "data"),
        new('\0', "json", "HTTP POST JSON", OptionArgument.Required, "data"),
        new('f', "fail", "fail fast with no output on HTTP errors"),
        new('\0', "fail-with-body", "fail on HTTP errors but save the body"),
        new('F', "form", "specify multipart MIME data", OptionArgument.Required, "name=content"),
        new('G', "get", "put the post data in the URL and use GET"),
        new('H', "header", "pass custom header(s) to server", OptionArgument.Required, "header/@file"),
        new('I', "head", "show document info only"),
        new('i', "include", "include protocol response headers in the output"),
        new('D', "dump-header", "write the received headers to <filename>", OptionArgument.Required, "filename"),
        new('k', "insecure", "(no effect: the policy decides)"),
        new('L', "location", "follow redirects"),
        new('m', "max-time", "maximum time allowed for transfer", OptionArgument.Required, "fractional seconds"),
        new('\0', "max-redirs", "maximum number of redirects allowed", OptionArgument.Required, "num"),
        new('o', "output", "write to file instead of stdout", OptionArgument.Required, "file"),
        new('O', "remote-name", "write output to a file named as the remote file"),
        new('\0', "create-dirs", "create necessary local directory hierarchy"),
        new('e', "referer", "referrer URL", OptionArgument.Required, "URL"),
        new('\0', "retry", "retry request if transient problems occur", OptionArgument.Required, "num"),
        new('\0', "retry-delay", "wait time between retries", OptionArgument.Required, "seconds"),
        new('X', "request", "specify request method to use", OptionArgument.Required, "method"),
        new('s', "silent", "silent mode"),
        new('S', "show-error", "show error even when -s is used"),
        new('T', "upload-file", "transfer local FILE to destination", OptionArgument.Required, "file"),
        new('\0', "url", "URL to work with", OptionArgument.Required, "url"),
        new('u', "user", "server user and password", OptionArgument.Required, "user:password"),
        new('v', "verbose", "make the operation more talkative"),
        new('w', "write-out", "use output FORMAT after completion", OptionArgument.Required, "format"),
        new('#', "progress-bar", "(ignored)"),
        new('N', "no-buffer", "(ignored)"))
    { UsageErrorStatus = 2 };

    public string Name => "curl";

    public int Run(CommandContext context)
    {
        ParsedOptions? options = table.Parse(context, out int status);
        if (options is null) return status;
        List<string> urls = [.. options.Given.Where(g => g.Key == "url").Select(g => g.Value!), .. options.Operands];
        if (urls.Count == 0)
        {
            context.Error.WriteLine("curl: try 'curl --help' or 'curl --manual' for more information");
            return 2;
        }

        List<string?> outputs = [.. options.Given.Where(g => g.Key is "o" or "O").Select(g => g.Value)];
        var cookies = new CurlCookies();
        if (options.Value('b') is { } given && !cookies.TryLoad(context, given)) return 26;
        for (int i = 0; i < urls.Count; i++)
        {
            status = new CurlTransfer(context, options, policy, cookies).Run(urls[i], i < outputs.Count ? outputs[i] ?? CurlTransfer.RemoteName : null);
        }

        if (options.Value('c') is { } jar && cookies.Save(context, jar) is var error && error != FileError.None) context.Complain($"({23}) Failed to write cookies to {jar}: {error.Message()}");
        return status;
    }
}
