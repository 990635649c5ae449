using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Sed;

/// <summary>Runs a script over the lines of its input.</summary>
internal sealed class SedMachine
{
    private readonly CommandContext context;
    private readonly SedInstruction[] program;
    private readonly SedInput input;
    private readonly SedFiles files;
    private readonly SedSettings settings;
    private readonly SedRange[] ranges;
    private readonly List<Action> appended = [];
    private readonly ByteText built;
    private readonly Group[] groups = new Group[SedSubstitution.GroupCount];
    private readonly CancellationToken cancellationToken;
    private ByteText pattern;
    private ByteText hold;
    private bool hadTerminator = true;
    private bool replaced;
    private bool quit;
    private int exitStatus;
    private PosixRegex? lastRegex;

    public SedMachine(CommandContext context, SedInstruction[] program, SedInput input, SedFiles files, SedSettings settings)
    {
        (this.context, this.program, this.input, this.files, this.settings) = (context, program, input, files, settings);
        ranges = [.. program.Select(i => new SedRange(i))];
        (pattern, hold, built) = (new(context.Budget), new(context.Budget), new(context.Budget));
        cancellationToken = context.Interruption.Token;
    }

    private enum Next
    {
        EndCycle,

        /// <summary>The pattern space is not printed.</summary>
        Delete,

        /// <summary>As <see cref="Delete"/>, and what is left is worked on before a line is read.</summary>
        Restart,
        Quit,
        QuitSilently,
    }

    /// <summary>Where lines go; changes with the file under <c>-i</c>.</summary>
    public required Func<SedOutput> Output { get; init; }

    /// <returns>The exit status that the script asked for, or 0.</returns>
    public int Run()
    {
        bool restart = false;
        while (!quit)
        {
            context.Check();
            if (!restart)
            {
                pattern.Clear();
                if (!input.TryRead(pattern, out hadTerminator)) break;
            }

            replaced = false;
            var next = Cycle();
            restart = next == Next.Restart;
            if (!settings.Quiet && next is Next.EndCycle or Next.Quit) Output().Line(pattern.Span, hadTerminator);
            if (next != Next.QuitSilently) WriteAppended();
            quit |= next is Next.Quit or Next.QuitSilently;
            if (settings.Unbuffered) Output().Writer.Flush();
        }

        return exitStatus;
    }

    private Next Cycle()
    {
        int turns = 0;
        for (int at = 0; at < program.Length;)
        {
            if ((++turns & 0xFF) == 0) context.Check();
            var instruction = program[at];
            bool selected = ranges[at].Selects(this) != instruction.Negated;
            if (!selected)
            {
                at = instruction.Command == '{' ? instruction.Target : at + 1;
                continue;
            }

            if (Jumps(instruction, ref at)) continue;
            if (Execute(instruction, ranges[at]) is { } next) return next;
            at++;
        }

        return Next.EndCycle;
    }

    private bool Jumps(SedInstruction instruction, ref int at)
    {
        bool jumps = instruction.Command switch { 'b' => true, 't' => replaced, 'T' => !replaced, _ => false };
        if (instruction.Command is 't' or 'T') replaced = false;
        if (jumps) at = instruction.Target;
        return jumps;
    }

    /// <returns>Null to go on with the next instruction.</returns>
    private Next? Execute(SedInstruction instruction, SedRange range)
    {
        switch (instruction.Command)
        {
            case '=':
                Output().Raw(Latin.Bytes(input.LineNumber + "\n"));
                break;
            case 'a':
                appended.Add(() => Output().Raw(instruction.Text));
                break;
            case 'i':
                Output().Raw(instruction.Text);
                break;
            case 'c':
                if (instruction.Negated || !range.IsInside) Output().Raw(instruction.Text);
                return Next.Delete;
            case 'd':
                return Next.Delete;
            case 'e':
                if (instruction.Name.Length > 0) Output().Raw(files.RunCommand(Latin.Bytes(instruction.Name)));
                else ExecutePattern();
                break;
            case 'D':
                int newline = pattern.Span.IndexOf(settings.Terminator);
                if (newline < 0) return Next.Delete;
                pattern.RemoveStart(newline + 1);
                return Next.Restart;
            case 'F':
                Output().Raw(Latin.Bytes(input.FileName + "\n"));
                break;
            case 'g':
                pattern.Set(hold.Span);
                break;
            case 'G':
                pattern.Append(settings.Terminator);
                pattern.Append(hold.Span);
                break;
            case 'h':
                hold.Set(pattern.Span);
                break;
            case 'H':
                hold.Append(settings.Terminator);
                hold.Append(pattern.Span);
                break;
            case 'x':
                (pattern, hold) = (hold, pattern);
                break;
            case 'l':
                Output().Raw(SedListing.Of(pattern.Span, instruction.Number >= 0 ? instruction.Number : settings.LineLength, settings.Terminator));
                break;
            case 'n':
                return ReadNext(append: false);
            case 'N':
                return ReadNext(append: true);
            case 'p':
                Output().Line(pattern.Span, hadTerminator);
                break;
            case 'P':
                int end = pattern.Span.IndexOf(settings.Terminator);
                Output().Line(end < 0 ? pattern.Span : pattern.Span[..end], end >= 0 || hadTerminator);
                break;
            case 'q':
                exitStatus = Math.Max(0, instruction.Number);
                return Next.Quit;
            case 'Q':
                exitStatus = Math.Max(0, instruction.Number);
                return Next.QuitSilently;
            case 'r':
                appended.Add(() => AppendFile(instruction.Name));
                break;
            case 'R':
                if (files.Reading(instruction.Name) is { } reader && reader.TryReadLine(out var line, out bool ended, settings.Terminator))
                {
                    byte[] copy = line.ToArray();
                    appended.Add(() => Output().Line(copy, ended));
                }

                break;
            case 's':
                Substitute(instruction.Substitution!);
                break;
            case 'w':
                files.Writing(instruction.Name).Line(pattern.Span, hadTerminator);
                files.Flush();
                break;
            case 'W':
                int first = pattern.Span.IndexOf(settings.Terminator);
                files.Writing(instruction.Name).Line(first < 0 ? pattern.Span : pattern.Span[..first]);
                files.Flush();
                break;
            case 'y':
                var bytes = pattern.Writable;
                for (int i = 0; i < bytes.Length; i++) bytes[i] = instruction.Map![bytes[i]];
                break;
            case 'z':
                pattern.Clear();
                break;
        }

        return null;
    }

    private Next? ReadNext(bool append)
    {
        if (input.IsLast)
        {
            // GNU prints what it has when N finds no line; POSIX would not.
            quit = !settings.Separate || !input.HasMoreFiles;
            return append && settings.Posix ? Next.Delete : Next.EndCycle;
        }

        if (!append && !settings.Quiet) Output().Line(pattern.Span, hadTerminator);
        WriteAppended();
        if (append) pattern.Append(settings.Terminator);
        else pattern.Clear();
        input.TryRead(pattern, out hadTerminator);
        return null;
    }

    private void WriteAppended()
    {
        if (appended.Count == 0) return;
        foreach (var write in appended) write();
        appended.Clear();
    }

    private void AppendFile(string name)
    {
        using var file = name == "/dev/stdin" ? InputFile.TryOpen(context, "-", out _) : InputFile.TryOpen(context, name, out _);
        while (file is not null && file.Lines.TryReadAny(out var block)) Output().Raw(block);
    }

    public bool IsMatch(SedPattern wanted)
        => Regex(wanted).IsMatch(pattern.Span, cancellationToken);

    public long LineNumber => input.LineNumber;

    public bool IsLastLine => input.IsLast;

    /// <summary>Grows whenever line numbers begin anew, as they do for each file under <c>-s</c>.</summary>
    public int Numbering => input.Numbering;

    private PosixRegex Regex(SedPattern wanted)
        => lastRegex = wanted.Regex ?? lastRegex ?? throw new CommandFailedException("-e expression #1, char 0: no previous regular expression", 1);

    private void Substitute(SedSubstitution substitution)
    {
        if (!substitution.TryReplace(context, Regex(substitution.Pattern), pattern.Span, built, groups, settings.Utf8)) return;
        pattern.Set(built.Span);
        replaced = true;
        if (substitution.Execute) ExecutePattern();
        if (substitution.Print) Output().Line(pattern.Span, hadTerminator);
        if (substitution.File is not { } file) return;
        files.Writing(file).Line(pattern.Span, hadTerminator);
        files.Flush();
    }

    /// <summary>Runs the pattern space as a command and puts what it writes in its place, without the last line end.</summary>
    private void ExecutePattern()
    {
        ReadOnlySpan<byte> output = files.RunCommand(pattern.Span);
        pattern.Set(output is [.., (byte)'\n'] ? output[..^1] : output);
    }
}
