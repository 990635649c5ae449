using System.Net;
using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Curl;

/// <summary>The cookies of one call: given as text, read from and written to a jar in Netscape's format.</summary>
internal sealed class CurlCookies
{
    private const int CookiesMax = 1000;

    private readonly List<(string Domain, bool Tail, string Path, bool Secure, long Expires, string Name, string Value)> jar = [];
    private string literal = "";

    /// <returns>False when the file cannot be read; it is told.</returns>
    public bool TryLoad(CommandContext context, string given)
    {
        if (given.Contains('='))
        {
            literal = given;
            return true;
        }

        // A jar that is not there yet is an empty one.
        using var file = InputFile.TryOpen(context, given, out _);
        if (file is null) return true;
        while (file.Reader.TryReadLine(out ReadOnlySpan<byte> bytes, out _))
        {
            string line = Latin.Text(bytes);
            if (line.StartsWith("#HttpOnly_", StringComparison.Ordinal)) line = line[10..];
            string[] fields = line.Split('\t');
            if (line.StartsWith('#') || fields.Length != 7 || jar.Count >= CookiesMax) continue;
            jar.Add((fields[0].TrimStart('.'), fields[1] == "TRUE", fields[2], fields[3] == "TRUE", long.TryParse(fields[4], out long expires) ? expires : 0, fields[5], fields[6]));
        }

        return true;
    }

    /// <returns>Null when there is none to send.</returns>
    public string? Header(Uri url, DateTimeOffset now)
    {
        IEnumerable<string> matching = jar
            .Where(c => (url.Host == c.Domain || (c.Tail && url.Host.EndsWith("." + c.Domain, StringComparison.OrdinalIgnoreCase)))
                && url.AbsolutePath.StartsWith(c.Path, StringComparison.Ordinal) && (!c.Secure || url.Scheme == "https") && (c.Expires == 0 || c.Expires > now.ToUnixTimeSeconds()))
            .Select(c => $"{c.Name}={c.Value}");
        string all = string.Join("; ", literal.Length > 0 ? matching.Append(literal) : matching);
        return all.Length == 0 ? null : all;
    }

    public void Store(Uri url, string header)
    {
        var container = new CookieContainer();
        try
        {
            container.SetCookies(url, header);
        }
        catch (CookieException)
        {
            // As curl does, a cookie that is none is passed over.
            return;
        }

        foreach (Cookie cookie in container.GetAllCookies())
        {
            string domain = cookie.Domain.TrimStart('.');
            jar.RemoveAll(c => c.Domain == domain && c.Path == cookie.Path && c.Name == cookie.Name);
            if (!cookie.Expired && jar.Count < CookiesMax)
                jar.Add((domain, cookie.Domain.StartsWith('.'), cookie.Path, cookie.Secure, cookie.Expires == default ? 0 : new DateTimeOffset(cookie.Expires.ToUniversalTime()).ToUnixTimeSeconds(), cookie.Name, cookie.Value));
        }
    }

    public FileError Save(CommandContext context, string name)
    {
        var text = new StringBuilder("# Netscape HTTP Cookie File\n\n");
        foreach (var c in jar) text.Append($"{(c.Tail ? "." : "")}{c.Domain}\t{(c.Tail ? "TRUE" : "FALSE")}\t{c.Path}\t{(c.Secure ? "TRUE" : "FALSE")}\t{c.Expires}\t{c.Name}\t{c.Value}\n");
        if (name == "-")
        {
            context.Output.Write(text.ToString());
            return FileError.None;
        }

        FileError error = context.Open(name, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out FileDescription? file);
        if (file is null) return error;
        error = file.Write(Latin.Bytes(text.ToString()), context.Interruption);
        file.Release();
        return error;
    }
}
