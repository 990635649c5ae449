using System.Text;

namespace Offstage.Shell.Tests.Differential;

/// <summary>A file that a case begins with.</summary>
internal sealed record CorpusFile(string Path, int Mode, string Content);

/// <summary>One case of the corpus.</summary>
/// <param name="Differs">Why ours is another on purpose; null when both must agree.</param>
/// <param name="Expected">What is expected of ours when it differs.</param>
internal sealed record CorpusCase(string Chapter, string Name, string Script, string Input, IReadOnlyList<CorpusFile> Files, string? Differs, Observation? Expected)
{
    /// <summary>Reads a chapter; the format is in the corpus's README.</summary>
    public static IReadOnlyList<CorpusCase> Read(string chapter, string path)
    {
        var cases = new List<CorpusCase>();
        string? name = null;
        var parts = new List<(string Head, StringBuilder Body)>();
        void Finish()
        {
            if (name is not null)
                cases.Add(Make(chapter, name, parts));
            parts.Clear();
        }

        foreach (string line in File.ReadAllText(path, Encoding.Latin1).Split('\n'))
        {
            if (line.StartsWith("=== ", StringComparison.Ordinal))
            {
                Finish();
                name = line[4..].Trim();
                parts.Add(("", new StringBuilder()));
            }
            else if (line.StartsWith("$ ", StringComparison.Ordinal))
            {
                Finish();
                name = line[2..];
                parts.Add(("", new StringBuilder(name).Append('\n')));
            }
            else if (IsHead(line) && name is not null)
            {
                parts.Add((line[4..].Trim(), new StringBuilder()));
            }
            else if (name is not null)
            {
                parts[^1].Body.Append(line).Append('\n');
            }
        }

        Finish();
        return cases;
    }

    private static bool IsHead(string line) => line.StartsWith("--- ", StringComparison.Ordinal)
        && line[4..].Split(' ')[0] is "stdin" or "file" or "differs" or "stdout" or "stderr" or "status";

    private static CorpusCase Make(string chapter, string name, List<(string Head, StringBuilder Body)> parts)
    {
        string Text(StringBuilder body, bool last)
        {
            string text = body.ToString();
            // Blank lines between cases belong to none of them.
            if (last)
                text = text.TrimEnd('\n') + (text.Length > 0 ? "\n" : "");
            return text.EndsWith("\\\n", StringComparison.Ordinal) && !text.EndsWith("\\\\\n", StringComparison.Ordinal) ? text[..^2] : text;
        }

        string script = "", input = "", output = "", error = "";
        string? differs = null;
        int status = 0;
        var files = new List<CorpusFile>();
        for (int i = 0; i < parts.Count; i++)
        {
            string[] head = parts[i].Head.Split(' ');
            string body = Text(parts[i].Body, i == parts.Count - 1);
            switch (head[0])
            {
                case "":
                    script = body;
                    break;
                case "stdin":
                    input = body;
                    break;
                case "file":
                    files.Add(new CorpusFile(head[1], head.Length > 2 ? Convert.ToInt32(head[2], 8) : 0b110_100_100, body));
                    break;
                case "differs":
                    differs = parts[i].Head["differs".Length..].Trim();
                    break;
                case "stdout":
                    output = body;
                    break;
                case "stderr":
                    error = body.TrimEnd('\n');
                    break;
                case "status":
                    status = int.Parse(head[1]);
                    break;
            }
        }

        return new CorpusCase(chapter, name, script, input, files, differs, differs is null ? null : new Observation(output, error, status, ""));
    }
}

/// <summary>What a run left.</summary>
/// <param name="ErrorLine">The last line of standard error.</param>
/// <param name="Tree">The files, a line each.</param>
internal sealed record Observation(string Output, string ErrorLine, int Status, string Tree)
{
    public static string LastLine(string error)
    {
        string trimmed = error.TrimEnd('\n');
        return trimmed[(trimmed.LastIndexOf('\n') + 1)..];
    }
}
