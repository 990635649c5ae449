using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

/// <param name="Description">In file's words.</param>
/// <param name="Encoding">us-ascii, utf-8, iso-8859-1, utf-16le, utf-16be, unknown-8bit or binary.</param>
internal readonly record struct FileKindFound(string Description, string MimeType, string Encoding);

/// <summary>Tells what a content is from its first bytes: the kinds that scripts ask for, in the words of file 5.44.</summary>
internal static class FileKinds
{
    /// <summary>How much of a file is looked at.</summary>
    public const int Looked = 1 << 20;

    private static readonly (string Magic, string Description, string Mime)[] magics =
    [
        ("BZh", "bzip2 compressed data, block size = ", "application/x-bzip2"),
        ("\u00FD7zXZ\0", "XZ compressed data", "application/x-xz"),
        ("(\u00B5/\u00FD", "Zstandard compressed data (v0.8+), Dictionary ID: None", "application/zstd"),
        ("7z\u00BC\u00AF'\u001C", "7-zip archive data, version 0.4", "application/x-7z-compressed"),
        ("PK\u0003\u0004", "Zip archive data, at least v2.0 to extract, compression method=deflate", "application/zip"),
        ("PK\u0005\u0006", "Zip archive data (empty)", "application/zip"),
        ("SQLite format 3\0", "SQLite 3.x database", "application/vnd.sqlite3"),
        ("%PDF-", "PDF document, version ", "application/pdf"),
        ("!<arch>\n", "current ar archive", "application/x-archive"),
        ("\0asm", "WebAssembly (wasm) binary module version 0x1 (MVP)", "application/wasm"),
        ("\u00CA\u00FE\u00BA\u00BE", "compiled Java class data", "application/x-java-applet"),
        ("OggS", "Ogg data", "application/ogg"),
        ("ID3", "Audio file with ID3 version 2", "audio/mpeg"),
        ("MZ", "MS-DOS executable", "application/x-dosexec"),
        ("wOFF", "Web Open Font Format", "font/woff"),
        ("wOF2", "Web Open Font Format (Version 2)", "font/woff2"),
    ];

    private static readonly (string Name, string Description, string Mime)[] interpreters =
    [
        ("bash", "Bourne-Again shell script, ASCII text executable", "text/x-shellscript"),
        ("sh", "POSIX shell script, ASCII text executable", "text/x-shellscript"),
        ("zsh", "Paul Falstad's zsh script, ASCII text executable", "text/x-shellscript"),
        ("ksh", "Korn shell script, ASCII text executable", "text/x-shellscript"),
        ("python", "Python script, ASCII text executable", "text/x-script.python"),
        ("perl", "Perl script text executable", "text/x-perl"),
        ("ruby", "Ruby script, ASCII text executable", "text/x-ruby"),
        ("node", "Node.js script executable, ASCII text", "application/javascript"),
        ("awk", "awk script, ASCII text executable", "text/x-awk"),
        ("php", "PHP script, ASCII text executable", "text/x-php"),
    ];

    public static FileKindFound Of(byte[] content)
    {
        if (content.Length == 0) return new("empty", "inode/x-empty", "binary");
        if (content.Length == 1) return new("very short file (no magic)", "application/octet-stream", "binary");
        string head = Latin.Text(content.AsSpan(0, Math.Min(content.Length, 4096)));
        (string text, string encoding) = TextKind(content);
        if (Known(content, head) is { } known) return known with { Encoding = encoding };
        if (text.Length == 0) return new("data", "application/octet-stream", "binary");
        if (Source(content, head) is not { } source) return new(text, "text/plain", encoding);
        string description = source.Description.Contains("ASCII text", StringComparison.Ordinal) ? source.Description.Replace("ASCII text", Joined(text, source.Description), StringComparison.Ordinal) : source.Description;
        return new(description, source.Mime, encoding);
    }

    /// <summary>"text executable" goes on in the middle of a text's description.</summary>
    private static string Joined(string text, string description)
    {
        int comma = text.IndexOf(',', text.StartsWith("Unicode text, ", StringComparison.Ordinal) ? 14 : 0);
        return comma < 0 || !description.EndsWith("executable", StringComparison.Ordinal) ? text : text[..comma];
    }

    private static FileKindFound? Known(byte[] content, string head)
    {
        if (head.StartsWith("\u0089PNG\r\n\u001A\n", StringComparison.Ordinal)) return new(Png(content), "image/png", "binary");
        if (head.StartsWith("\u00FF\u00D8\u00FF", StringComparison.Ordinal)) return new(Jpeg(content), "image/jpeg", "binary");
        if (head.StartsWith("GIF8", StringComparison.Ordinal) && content.Length >= 10)
            return new($"GIF image data, version {head[3..6]}, {BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(6))} x {BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(8))}", "image/gif", "binary");
        if (head.StartsWith("\u001F\u008B", StringComparison.Ordinal)) return new("gzip compressed data" + (content.Length > 9 && content[9] == 3 ? ", from Unix" : ""), "application/gzip", "binary");
        if (head.StartsWith("\u007FELF", StringComparison.Ordinal) && content.Length >= 20) return Elf(content);
        if (head.StartsWith("RIFF", StringComparison.Ordinal) && head.Length >= 12)
        {
            if (head[8..12] == "WAVE") return new("RIFF (little-endian) data, WAVE audio", "audio/x-wav", "binary");
            if (head[8..12] == "WEBP") return new("RIFF (little-endian) data, Web/P image", "image/webp", "binary");
        }

        if (head.Length >= 265 && head[257..262] == "ustar") return new(head[262] == ' ' ? "POSIX tar archive (GNU)" : "POSIX tar archive", "application/x-tar", "binary");
        foreach (var (magic, description, mime) in magics)
        {
            if (!head.StartsWith(magic, StringComparison.Ordinal)) continue;
            string more = magic switch
            {
                "BZh" => head.Length > 3 ? $"{head[3]}00k" : "",
                "%PDF-" => new string([.. head.Skip(5).TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]),
                _ => "",
            };
            return new(description + more, mime, "binary");
        }

        return null;
    }

    private static string Png(byte[] content)
    {
        if (content.Length < 29) return "PNG image data";
        string color = content[25] switch { 0 => "grayscale", 2 => "/color RGB", 3 => " colormap", 4 => " gray+alpha", 6 => "/color RGBA", _ => "" };
        if (content[25] == 0) color = " grayscale";
        if (content[25] == 4) color = " gray+alpha";
        uint width = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(16)), height = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(20));
        return $"PNG image data, {width} x {height}, {content[24]}-bit{color}, {(content[28] == 0 ? "non-interlaced" : "interlaced")}";
    }

    private static string Jpeg(byte[] content)
    {
        if (content.Length < 18 || !content.AsSpan(6, 4).SequenceEqual("JFIF"u8)) return "JPEG image data";
        string unit = content[13] switch { 1 => "resolution (DPI)", 2 => "resolution (DPCM)", _ => "aspect ratio" };
        return $"JPEG image data, JFIF standard {content[11]}.{content[12]:D2}, {unit}, density {BinaryPrimitives.ReadUInt16BigEndian(content.AsSpan(14))}x{BinaryPrimitives.ReadUInt16BigEndian(content.AsSpan(16))}, segment length {BinaryPrimitives.ReadUInt16BigEndian(content.AsSpan(4))}";
    }

    private static FileKindFound Elf(byte[] content)
    {
        bool little = content[5] == 1;
        int Word(int at) => little ? BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(at)) : BinaryPrimitives.ReadUInt16BigEndian(content.AsSpan(at));
        (string type, string mime) = Word(16) switch
        {
            1 => ("relocatable", "application/x-object"),
            2 => ("executable", "application/x-executable"),
            3 => ("shared object", "application/x-sharedlib"),
            4 => ("core file", "application/x-coredump"),
            _ => ("unknown type", "application/octet-stream"),
        };
        string machine = Word(18) switch { 3 => "Intel 80386", 40 => "ARM, EABI5", 62 => "x86-64", 183 => "ARM aarch64", 243 => "UCB RISC-V", _ => "unknown arch" };
        return new($"ELF {(content[4] == 2 ? "64" : "32")}-bit {(little ? "LSB" : "MSB")} {type}, {machine}, ({(content[7] == 3 ? "GNU/Linux" : "SYSV")})", mime, "binary");
    }

    private static (string Description, string Mime)? Source(byte[] content, string head)
    {
        string trimmed = head.TrimStart();
        if (head.StartsWith("#!", StringComparison.Ordinal)) return Script(head);
        if (trimmed.StartsWith("<?xml", StringComparison.Ordinal)) return ("XML 1.0 document, ASCII text", "text/xml");
        if (trimmed.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || trimmed.StartsWith("<html", StringComparison.OrdinalIgnoreCase) || trimmed.StartsWith("<head", StringComparison.OrdinalIgnoreCase)) return ("HTML document, ASCII text", "text/html");
        if (trimmed.StartsWith('{') || trimmed.StartsWith('['))
        {
            switch (JsonValues(content))
            {
                case 1:
                    return ("JSON text data", "application/json");
                case > 1:
                    return ("New Line Delimited JSON text data", "application/x-ndjson");
            }
        }

        if (head.StartsWith("diff ", StringComparison.Ordinal) || (head.StartsWith("--- ", StringComparison.Ordinal) && head.Contains("\n+++ ", StringComparison.Ordinal))) return ("unified diff output, ASCII text", "text/x-diff");
        if (head.StartsWith("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal)) return ("PEM certificate", "text/plain");
        if (head.Contains("#include", StringComparison.Ordinal)) return ("C source, ASCII text", "text/x-c");
        if ((head.StartsWith("import ", StringComparison.Ordinal) || head.StartsWith("from ", StringComparison.Ordinal)) && head.Contains("\ndef ", StringComparison.Ordinal)) return ("Python script, ASCII text executable", "text/x-script.python");
        return IsCsv(head) ? ("CSV text", "text/csv") : null;
    }

    private static (string, string) Script(string head)
    {
        string[] words = head[2..].Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string path = words.Length > 0 ? words[0] : "";
        string program = PathText.Name(path);
        if (program == "env" && words.Length > 1) program = words[1];
        string bare = program.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.');
        foreach (var (name, description, mime) in interpreters)
        {
            if (bare == name || (name == "awk" && bare is "gawk" or "mawk" && name == "awk")) return (description, mime);
        }

        return ($"a {string.Join(' ', words)} script, ASCII text executable", "text/plain");
    }

    /// <summary>How many JSON values there are, one a line; 0 when it is no JSON.</summary>
    private static int JsonValues(byte[] content)
    {
        try
        {
            var reader = new Utf8JsonReader(content, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 500 });
            int count = 0;
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject)) count++;
            }

            return count;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    private static bool IsCsv(string head)
    {
        string[] lines = head.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int commas = lines.Length >= 3 ? lines[0].Count(c => c == ',') : 0;
        return commas > 0 && lines.Take(10).All(l => l.Count(c => c == ',') == commas);
    }

    /// <returns>An empty description for what is no text.</returns>
    private static (string Description, string Encoding) TextKind(byte[] content)
    {
        ReadOnlySpan<byte> bytes = content;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return ("Unicode text, UTF-16, little-endian text" + Lines(Encoding.Unicode.GetString(bytes)), "utf-16le");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return ("Unicode text, UTF-16, big-endian text" + Lines(Encoding.BigEndianUnicode.GetString(bytes)), "utf-16be");
        // Control characters that no text has make it data.
        foreach (byte b in bytes)
        {
            if (b is < 7 or (> 13 and < 27) or (> 27 and < 32) or 127) return ("", "binary");
        }

        string text = Latin.Text(bytes);
        if (bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF) < 0) return ("ASCII text" + Lines(text), "us-ascii");
        if (System.Text.Unicode.Utf8.IsValid(bytes)) return ("Unicode text, UTF-8" + (bytes.StartsWith("\uFEFF"u8) ? " (with BOM)" : "") + " text" + Lines(text), "utf-8");
        return bytes.IndexOfAnyInRange((byte)0x80, (byte)0x9F) < 0 ? ("ISO-8859 text" + Lines(text), "iso-8859-1") : ("Non-ISO extended-ASCII text" + Lines(text), "unknown-8bit");
    }

    private static string Lines(string text)
    {
        int crlf = 0, lf = 0, cr = 0, longest = 0, start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r')) continue;
            longest = Math.Max(longest, i - start);
            if (text[i] == '\n') lf++;
            else if (i + 1 < text.Length && text[i + 1] == '\n')
            {
                crlf++;
                i++;
            }
            else cr++;
            start = i + 1;
        }

        longest = Math.Max(longest, text.Length - start);
        string description = longest > 300 ? $", with very long lines ({longest})" : "";
        if (crlf + lf + cr == 0) description += ", with no line terminators";
        else if (crlf + cr > 0) description += $", with {string.Join(", ", ((int, string)[])[(crlf, "CRLF"), (cr, "CR"), (lf, "LF")] is var kinds ? kinds.Where(k => k.Item1 > 0).Select(k => k.Item2) : [])} line terminators";
        if (text.Contains('\u001B')) description += ", with escape sequences";
        if (text.Contains('\b')) description += ", with overstriking";
        return description;
    }
}
