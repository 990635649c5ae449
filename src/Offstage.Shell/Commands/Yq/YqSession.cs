using System.Text;
using Offstage.Shell.Commands.Jq;
using Offstage.Shell.Commands.Text;
using YamlDotNet.Core;

namespace Offstage.Shell.Commands.Yq;

/// <summary>One run of yq.</summary>
internal sealed class YqSession(CommandContext context, ParsedOptions options, bool all)
{
    private readonly bool unwrap = options.Value('r') != "false";
    private JsonValue? last;
    private bool wroteAny;

    public int Run()
    {
        List<string> operands = options.Operands;
        string? expression = options.Value("expression");
        if (options.Value("from-file") is { } source) expression = ReadText(source);
        if (expression is null && operands.Count > 0 && !(operands.Count == 1 && IsFile(operands[0])))
        {
            expression = operands[0];
            operands.RemoveAt(0);
        }

        Code code = Compile(Latin.ToUnicode(expression is null or "" ? "." : expression));
        string? firstInput = operands.Count > 0 ? operands[0] : null;
        string inputFormat = Format('p') ?? (firstInput?.EndsWith(".json", StringComparison.Ordinal) == true ? "json" : "yaml");
        string outputFormat = options.Has('j') ? "json" : Format('o') ?? (Format('p') is null && firstInput?.EndsWith(".json", StringComparison.Ordinal) == true ? "json" : "yaml");
        int indent = int.TryParse(options.Value('I'), out int n) ? Math.Clamp(n, 0, 16) : 2;
        var output = new StringBuilder();
        List<JsonValue> documents = [];
        if (options.Has('n')) documents.Add(JsonValue.Null);
        foreach (string file in options.Has('n') ? [] : operands.Count == 0 ? ["-"] : operands)
        {
            List<JsonValue> read = Parse(file, inputFormat);
            if (options.Has('i'))
            {
                Evaluate(code, all ? [JsonArray.Of(read)] : read, outputFormat, indent, output);
                Save(file, output.ToString());
                output.Clear();
                wroteAny = false;
                continue;
            }

            documents.AddRange(read);
        }

        if (!options.Has('i'))
        {
            Evaluate(code, documents, outputFormat, indent, output);
            context.Output.Write(Encoding.UTF8.GetBytes(output.ToString()));
        }

        if (!options.Has('e') || last is { IsTrue: true }) return 0;
        context.Output.Flush();
        context.Error.WriteLine("Error: no matches found");
        return 1;
    }

    private void Evaluate(Code code, IReadOnlyList<JsonValue> documents, string format, int indent, StringBuilder output)
    {
        var run = new JqRun(context, new JqInputs(context, new JqSettings(), []));
        foreach (JsonValue document in documents)
        {
            bool first = true;
            run.Pending = null;
            try
            {
                _ = run.Emit(code.Body, new Frame(null, code, []), new(document), item =>
                {
                    last = item.Value;
                    if (wroteAny && first && format[0] == 'y' && !options.Has('N')) output.Append("---\n");
                    output.Append(YqOutput.ToText(item.Value, format, indent, unwrap, context.Check));
                    (wroteAny, first) = (true, false);
                    return true;
                });
            }
            catch (InsufficientExecutionStackException)
            {
                throw new CommandFailedException("Error: nested too deeply");
            }

            if (run.Pending is Ending.Error error) throw Failure(Formats.Text(error.Value).Value);
        }

        run.ReleaseAll();
    }

    /// <summary>yq's messages have no name before them.</summary>
    private static CommandFailedException Failure(string message) => new($"Error: {Latin.FromUnicode(message)}");

    private string? Format(char option)
    {
        if (options.Value(option) is not { } name || name == "auto") return null;
        return YqOutput.Names.Contains(name) ? name : throw Failure($"unknown format '{name}' please use [{string.Join('|', YqOutput.Names)}]");
    }

    private bool IsFile(string name) => context.Files.Stat(context.Resolve(name), followLinks: true, out FileStatus status) == FileError.None && status.IsRegular;

    private static Code Compile(string expression)
    {
        try
        {
            // What yq writes otherwise than jq: its environment and file functions are few enough to be rewritten.
            var code = new Code("main");
            Scope? scope = null;
            code.Complete(new Jq.Parser(Lexer.Tokenize(Prelude + expression), ModuleLoader.None, scope, new FrameLayout(code, 0)).ParseProgram());
            return code;
        }
        catch (JqSyntaxException error)
        {
            throw Failure($"invalid expression: {error.Message}");
        }
    }

    /// <summary>Operators of yq that jq has by another name, or has not.</summary>
    private const string Prelude =
        "def upcase: ascii_upcase; def downcase: ascii_downcase; def to_json: tojson; def from_json: fromjson; def to_number: tonumber; "
        + "def sort_keys(f): f |= (if type == \"object\" then to_entries | sort_by(.key) | from_entries else . end); "
        + "def tag: if type == \"object\" then \"!!map\" elif type == \"array\" then \"!!seq\" elif type == \"string\" then \"!!str\" elif type == \"boolean\" then \"!!bool\" elif type == \"null\" then \"!!null\" elif . == floor then \"!!int\" else \"!!float\" end; "
        + "def strenv(f): env[f]; def pick_keys(k): . as $o | reduce k[] as $n ({}; if ($o | has($n)) then .[$n] = $o[$n] else . end); def omit(k): delpaths([k[] | [.]]); ";

    private List<JsonValue> Parse(string file, string format)
    {
        string text = Latin.ToUnicode(ReadText(file));
        try
        {
            return format[0] switch
            {
                'j' => Json(text),
                'p' => [Properties(text)],
                'c' or 't' => [Table(text, format[0] == 'c' ? ',' : '\t')],
                _ => YamlReader.Read(text, context.Check),
            };
        }
        catch (YamlException error)
        {
            throw Failure($"bad file '{file}': yaml: line {error.Start.Line}: {error.Message}");
        }
        catch (JsonSyntaxException error)
        {
            throw Failure($"bad file '{file}': {error.Message}");
        }
    }

    private string ReadText(string file)
    {
        using var input = InputFile.TryOpen(context, file, out FileError error);
        if (input is null) throw Failure($"open {file}: {error.Message().ToLowerInvariant()}");
        return Latin.Text(input.ReadToEnd());
    }

    private List<JsonValue> Json(string text)
    {
        byte[]? bytes = Encoding.UTF8.GetBytes(text);
        bool Source(out ReadOnlySpan<byte> block)
        {
            block = bytes;
            bool any = bytes is { Length: > 0 };
            bytes = null;
            return any;
        }

        var values = new List<JsonValue>();
        var reader = new JsonReader(Source, context.Check);
        while (reader.Read() is { } value) values.Add(value);
        return values;
    }

    private JsonValue Properties(string text)
    {
        var run = new JqRun(context, new JqInputs(context, new JqSettings(), []));
        JsonValue made = JsonObject.Empty;
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.Trim();
            int equals = trimmed.IndexOfAny(['=', ':']);
            if (trimmed.Length == 0 || trimmed[0] is '#' or '!' || equals < 0) continue;
            JsonValue[] keys = [.. trimmed[..equals].Trim().Split('.').Select(k => int.TryParse(k, out int index) && index >= 0 ? (JsonValue)JsonValue.Of(index) : JsonValue.Of(k))];
            made = Access.SetPath(run, made, JsonArray.Own(keys), 0, YamlReader.Plain(trimmed[(equals + 1)..].Trim())) ?? throw Failure($"cannot set {trimmed[..equals].Trim()}");
        }

        return made;
    }

    private static JsonArray Table(string text, char separator)
    {
        var rows = new List<List<string>>();
        var row = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"') quoted = !quoted;
            else if (!quoted && (c == separator || c == '\n'))
            {
                row.Add(cell.ToString().TrimEnd('\r'));
                cell.Clear();
                if (c != '\n') continue;
                rows.Add(row);
                row = [];
            }
            else cell.Append(c);
        }

        if (cell.Length > 0 || row.Count > 0)
        {
            row.Add(cell.ToString());
            rows.Add(row);
        }

        if (rows.Count == 0) return JsonArray.Empty;
        return JsonArray.Own([.. rows.Skip(1).Select(r =>
        {
            JsonObject made = JsonObject.Empty;
            for (int i = 0; i < rows[0].Count; i++) made = made.With(rows[0][i], i < r.Count ? YamlReader.Plain(r[i]) : JsonValue.Null);
            return (JsonValue)made;
        })]);
    }

    private void Save(string file, string text)
    {
        if (file == "-") throw Failure("write inplace flag only applicable when giving an expression and at least one file");
        FileError error = context.Open(file, FileOpening.Write | FileOpening.Truncate, out FileDescription? target);
        if (target is not null)
        {
            error = target.Write(Encoding.UTF8.GetBytes(text), context.Interruption);
            target.Release();
        }

        if (error != FileError.None) throw Failure($"open {file}: {error.Message().ToLowerInvariant()}");
    }
}
