using System.Net.Http.Headers;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Curl;

/// <summary>What a call sends: data, a form, or a file.</summary>
/// <param name="Query">What -G adds to the URL; empty for nothing.</param>
/// <param name="Content">Null for no body.</param>
internal sealed record CurlBody(string Query, byte[]? Content, string? ContentType)
{
    /// <exception cref="CommandFailedException">A file cannot be read.</exception>
    public static CurlBody Of(CommandContext context, ParsedOptions options)
    {
        var data = new List<string>();
        bool isJson = false;
        foreach (GivenOption given in options.Given)
        {
            string value = given.Value ?? "";
            switch (given.Key)
            {
                case "d" or "data-ascii":
                    data.Add(value.StartsWith('@') ? File(context, value[1..]).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal) : value);
                    break;
                case "data-binary" or "json":
                    isJson |= given.Key == "json";
                    data.Add(value.StartsWith('@') ? File(context, value[1..]) : value);
                    break;
                case "data-raw":
                    data.Add(value);
                    break;
                case "data-urlencode":
                    data.Add(Encoded(context, value));
                    break;
            }
        }

        if (data.Count > 0)
        {
            string all = string.Join(isJson ? "" : "&", data);
            return options.Has('G') ? new(all, null, null) : new("", Latin.Bytes(all), isJson ? "application/json" : "application/x-www-form-urlencoded");
        }

        if (options.Value('T') is { } upload) return new("", Latin.Bytes(File(context, upload)), null);
        return options.Has('F') ? Form(context, options) : new("", null, null);
    }

    private static string File(CommandContext context, string name)
    {
        using var file = InputFile.TryOpen(context, name, out FileError error);
        return file is null ? throw new CommandFailedException($"(26) Failed to open {name}: {error.Message()}", 26) : Latin.Text(file.ReadToEnd());
    }

    /// <summary><c>content</c>, <c>=content</c>, <c>name=content</c>, <c>@file</c> or <c>name@file</c>.</summary>
    private static string Encoded(CommandContext context, string value)
    {
        int mark = value.IndexOfAny(['=', '@']);
        if (mark < 0) return Escape(value);
        string name = value[..mark];
        string content = value[mark] == '@' ? File(context, value[(mark + 1)..]) : value[(mark + 1)..];
        return name.Length == 0 ? Escape(content) : $"{name}={Escape(content)}";
    }

    private static string Escape(string latin) => string.Concat(latin.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' ? c.ToString() : $"%{(int)c:X2}"));

    private static CurlBody Form(CommandContext context, ParsedOptions options)
    {
        using var form = new MultipartFormDataContent();
        foreach (string field in options.Values('F'))
        {
            int equals = field.IndexOf('=');
            if (equals < 0) throw new CommandFailedException("(2) Illegally formatted input field", 2);
            string name = field[..equals], content = field[(equals + 1)..], type = "";
            string? fileName = null;
            if (content.StartsWith('@') || content.StartsWith('<'))
            {
                string[] parts = content[1..].Split(';');
                foreach (string part in parts.Skip(1))
                {
                    if (part.StartsWith("type=", StringComparison.Ordinal)) type = part[5..];
                    else if (part.StartsWith("filename=", StringComparison.Ordinal)) fileName = part[9..].Trim('"');
                }

                if (content[0] == '@') fileName ??= PathText.Name(parts[0]);
                content = File(context, parts[0]);
                if (type.Length == 0 && fileName is not null) type = "application/octet-stream";
            }

            var piece = new ByteArrayContent(Latin.Bytes(content));
            if (type.Length > 0) piece.Headers.ContentType = MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? parsed) ? parsed : null;
            if (fileName is null) form.Add(piece, name);
            else form.Add(piece, name, fileName);
        }

        using var bytes = new MemoryStream();
        form.CopyTo(bytes, null, CancellationToken.None);
        return new("", bytes.ToArray(), form.Headers.ContentType!.ToString());
    }
}
