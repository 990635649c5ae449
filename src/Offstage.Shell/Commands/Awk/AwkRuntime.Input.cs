using Offstage.Shell.Commands.Text;
using Offstage.Shell.Streams;

namespace Offstage.Shell.Commands.Awk;

/// <summary>The records of the operands, and the run over them.</summary>
internal sealed partial class AwkRuntime
{
    private AwkReader? main;
    private int argument = 1;
    private bool usedStandardInput;
    private bool skipFile;

    public void Run()
    {
        bool exits = !RunAll(Program.Begin);
        if (!exits && Program.ReadsInput) exits = !RunRecords();
        if (exits && endDone) return;
        endDone = true;
        // An exit before the end still runs END, as POSIX has it; one in END is final.
        RunAll(Program.End);
    }

    private bool endDone;

    /// <returns>False after exit.</returns>
    private bool RunAll(AwkStatement[] actions)
    {
        try
        {
            foreach (var action in actions)
            {
                if (action.Execute(this) == AwkFlow.Exit) return false;
            }
        }
        catch (AwkExitException)
        {
            return false;
        }
        catch (AwkNextException)
        {
            throw new AwkException($"`next' cannot be called from a `{(actions == Program.Begin ? "BEGIN" : "END")}' rule");
        }

        return true;
    }

    private bool RunRecords()
    {
        while (TryReadMain(out var record))
        {
            Record.Set(record);
            Turn();
            AwkFlow flow;
            try
            {
                flow = RunRules();
            }
            catch (AwkNextException next)
            {
                flow = next.Flow;
            }
            catch (AwkExitException)
            {
                flow = AwkFlow.Exit;
            }

            if (flow == AwkFlow.Exit) return false;
            if (flow == AwkFlow.NextFile) skipFile = true;
        }

        return true;
    }

    private AwkFlow RunRules()
    {
        foreach (var rule in Program.Rules)
        {
            if (!Selects(rule)) continue;
            var flow = rule.Body.Execute(this);
            if (flow is AwkFlow.Next or AwkFlow.NextFile or AwkFlow.Exit) return flow;
        }

        return AwkFlow.Normal;
    }

    private bool Selects(AwkRule rule)
    {
        if (rule.First is null) return true;
        if (rule.Last is null) return rule.First.Truth(this);
        if (!inRange[rule.Index] && !rule.First.Truth(this)) return false;
        inRange[rule.Index] = !rule.Last.Truth(this);
        return true;
    }

    /// <summary>The plain getline.</summary>
    /// <returns>1, 0 at the end, -1 on an error.</returns>
    public double GetlineMain(AwkPlace? target)
    {
        if (!TryReadMain(out var record)) return 0;
        if (target is null) Record.Set(record);
        else target.Assign(this, AwkValue.Input(Latin.Text(record)));
        return 1;
    }

    public double Getline(AwkReader reader, AwkPlace? target)
    {
        Turn();
        if (!reader.TryRead(RecordSeparator, out var record, out var separator)) return reader.Error == FileError.None ? 0 : -1;
        SetGlobal("RT", AwkValue.Of(Latin.Text(separator)));
        if (target is null) Record.Set(record);
        else target.Assign(this, AwkValue.Input(Latin.Text(record)));
        return 1;
    }

    private bool TryReadMain(out ReadOnlySpan<byte> record)
    {
        while (true)
        {
            if (main is null && !TryOpenNext())
            {
                record = default;
                return false;
            }

            if (!skipFile && main!.TryRead(RecordSeparator, out record, out var separator))
            {
                RecordNumber++;
                FileRecordNumber++;
                if (terminator is not null) terminator.Value = AwkValue.Of(Latin.Text(separator));
                return true;
            }

            skipFile = false;
            if (main!.Error != FileError.None) Complain($"warning: command line argument `{fileName}' is a directory: skipped");
            main.Close();
            main = null;
            RunAll(Program.EndFile);
            EndEdit();
        }
    }

    private string fileName = "";

    private bool TryOpenNext()
    {
        while (true)
        {
            string? name = NextOperand();
            if (name is null) return false;
            FileRecordNumber = 0;
            fileName = name;
            SetGlobal("FILENAME", AwkValue.Input(name == "-" && operandCount == 0 ? "" : name));
            SetGlobal("ERRNO", AwkValue.Of(""));
            if (name is "-" or "/dev/stdin")
            {
                main = new AwkReader(Context, Context.StandardInput, owned: false);
                RunAll(Program.BeginFile);
                return true;
            }

            var error = Context.Open(name, FileOpening.Read, out var file);
            if (file is not null && file.Status.IsDirectory)
            {
                file.Release();
                Complain($"warning: command line argument `{name}' is a directory: skipped");
                continue;
            }

            if (file is null)
            {
                SetGlobal("ERRNO", AwkValue.Of(error.Message()));
                RunAll(Program.BeginFile);
                if (Program.BeginFile.Length > 0 && skipFile)
                {
                    skipFile = false;
                    continue;
                }

                throw new CommandFailedException($"fatal: cannot open file `{name}' for reading: {error.Message()}", 2);
            }

            main = new AwkReader(Context, file, owned: true);
            BeginEdit();
            RunAll(Program.BeginFile);
            return true;
        }
    }

    private Capture? edited;

    /// <summary>Whether what is printed becomes the content of the file that is read.</summary>
    public bool EditsInPlace { get; init; }

    private void BeginEdit()
    {
        if (!EditsInPlace) return;
        edited = new Capture(Context.Budget);
        Streams.Main = Context.Writer(edited);
    }

    private void EndEdit()
    {
        if (edited is null) return;
        Streams.Main!.Flush();
        Streams.Main = null;
        byte[] content = edited.TakeBytes();
        edited = null;
        var error = Context.Open(fileName, FileOpening.Write | FileOpening.Truncate, out var file);
        if (file is null) throw new AwkException($"inplace::end: cannot write `{fileName}': {error.Message()}");
        var writer = Context.Writer(file);
        writer.Write(content);
        writer.Flush();
        file.Release();
    }

    private int operandCount;

    public void SetArguments(string command, IReadOnlyList<string> operands)
    {
        var items = FindGlobal("ARGV")!.RequireArray("ARGV").Items;
        items["0"] = AwkValue.Of(command);
        for (int i = 0; i < operands.Count; i++) items[$"{i + 1}"] = AwkValue.Input(operands[i]);
        FindGlobal("ARGC")!.Value = AwkValue.Of(operands.Count + 1.0);
    }

    /// <summary>The next file named by ARGV, after the assignments before it; standard input when there is none at all.</summary>
    private string? NextOperand()
    {
        var arguments = FindGlobal("ARGV")?.RequireArray("ARGV").Items;
        int count = (int)(FindGlobal("ARGC")?.Value.Number ?? 1);
        while (arguments is not null && argument < count)
        {
            string key = (argument++).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (!arguments.TryGetValue(key, out var value)) continue;
            string text = value.Text(ConversionFormat);
            if (text.Length == 0) continue;
            if (AwkCommand.TryAssignment(text, out string name, out string assigned))
            {
                SetGlobal(name, AwkValue.Input(assigned));
                continue;
            }

            operandCount++;
            return text;
        }

        if (operandCount > 0 || usedStandardInput) return null;
        usedStandardInput = true;
        return "-";
    }

    public void Complain(string message)
    {
        Streams.Flush();
        Context.Complain(message);
    }
}
