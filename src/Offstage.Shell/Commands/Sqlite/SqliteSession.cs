using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sqlite;

/// <summary>Reads SQL and dot commands from arguments, standard input and files.</summary>
internal sealed partial class SqliteSession(CommandContext context, SqliteRunner runner, SqliteSettings settings)
{
    private const int ReadDepthMax = 25;

    private int readDepth;
    private FileDescription? outputFile;
    private bool outputOnce;

    /// <summary>Whether <c>.quit</c> or <c>.exit</c> was met; with its status.</summary>
    public int? Quit { get; private set; }

    /// <summary>Runs one argument.</summary>
    /// <returns>The status; not 0 ends the run.</returns>
    public int RunArgument(string text)
    {
        if (text.StartsWith('.')) return Dot(text) ? 0 : 1;
        int code = runner.Run(text, out var error);
        if (code == SqliteNative.Ok) return 0;
        Tell($"Error: {(error.WasPrepared ? "stepping" : "in prepare")}, {error.Message}{Suffix(code)}{error.Where}");
        return code;
    }

    /// <summary>Runs a script.</summary>
    /// <returns>How many errors there were.</returns>
    public int RunScript(InputReader reader)
    {
        int errors = 0, line = 0, first = 0;
        string pending = "";
        while (Quit is null && !(settings.Bail && errors > 0) && reader.TryReadLine(out ReadOnlySpan<byte> bytes, out _))
        {
            line++;
            string text = Latin.Text(bytes);
            if (pending.Length == 0)
            {
                string trimmed = text.TrimStart();
                if (trimmed.Length == 0 || (trimmed.StartsWith("--", StringComparison.Ordinal) && !settings.Echo)) continue;
                if (settings.Echo) runner.Output.WriteLine(text);
                if (text.StartsWith('.') || text.StartsWith('#'))
                {
                    if (text[0] == '.' && !Dot(text)) errors++;
                    continue;
                }

                first = line;
                pending = text;
            }
            else
            {
                if (settings.Echo) runner.Output.WriteLine(text);
                // A line that is only "/" or "go" ends a statement, as other databases' tools have it.
                pending = text.Trim() is "/" || text.Trim().Equals("go", StringComparison.OrdinalIgnoreCase) ? pending + ";" : pending + "\n" + text;
            }

            if (!pending.Contains(';') || SqliteNative.Complete(Latin.Bytes(pending + "\0")) == 0) continue;
            errors += RunChunk(pending, first) ? 0 : 1;
            pending = "";
        }

        if (Quit is null && pending.Trim().Length > 0 && !(settings.Bail && errors > 0)) errors += RunChunk(pending, first) ? 0 : 1;
        return errors;
    }

    private bool RunChunk(string sql, int line)
    {
        int code = runner.Run(sql, out var error);
        EndOnce();
        if (code == SqliteNative.Ok)
        {
            if (settings.ShowChanges) runner.Output.WriteLine($"changes: {SqliteNative.Changes(runner.Database.Handle)}   total_changes: {SqliteNative.TotalChanges(runner.Database.Handle)}");
            return true;
        }

        Tell($"{(error.WasPrepared ? "Runtime" : "Parse")} error near line {line}: {error.Message}{Suffix(code)}{error.Where}");
        return false;
    }

    private static string Suffix(int code) => code > 1 ? $" ({code & 0xFF})" : "";

    private void Tell(string message)
    {
        context.Output.Flush();
        context.Error.WriteLine(message);
        context.Error.Flush();
    }

    private bool Fail(string message)
    {
        Tell(message);
        return false;
    }

    public void CloseOutput()
    {
        runner.Output.Flush();
        runner.Output = context.Output;
        outputFile?.Release();
        outputFile = null;
        outputOnce = false;
    }

    private void EndOnce()
    {
        if (outputOnce) CloseOutput();
    }

    private bool Redirect(string? file, bool once)
    {
        CloseOutput();
        if (file is null or "stdout") return true;
        if (file.StartsWith('|')) return Fail("Error: pipes are not supported here");
        if (context.Open(file, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out outputFile) != FileError.None) return Fail($"Error: cannot open \"{file}\"");
        runner.Output = context.Writer(outputFile!);
        outputOnce = once;
        return true;
    }

    private bool Read(string file)
    {
        if (readDepth >= ReadDepthMax) return Fail($"Input nesting limit ({ReadDepthMax}) reached at line 1. Check recursion.");
        using var input = InputFile.TryOpen(context, file, out _);
        if (input is null) return Fail($"Error: cannot open \"{file}\"");
        readDepth++;
        int errors = RunScript(input.Reader);
        readDepth--;
        return errors == 0;
    }
}
