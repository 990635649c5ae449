namespace Offstage.Shell.Commands.Sed;

/// <summary>Whether the current line is addressed by an instruction; remembers a range that has begun.</summary>
internal sealed class SedRange(SedInstruction instruction)
{
    private bool begun = instruction.First is SedAddress.Line(0);
    private long end = instruction.First is SedAddress.Line(0) ? -1 : 0;
    private bool wasBegun = instruction.First is SedAddress.Line(0);
    private int numbering;

    /// <summary>Whether the range goes on after the line that was looked at last.</summary>
    public bool IsInside => begun;

    public bool Selects(SedMachine machine)
    {
        if (instruction.First is null) return true;
        if (instruction.Second is null) return Selects(instruction.First, machine);
        if (machine.Numbering != numbering) Reset(machine.Numbering);
        long line = machine.LineNumber;
        if (begun) return Continue(machine, line);
        if (!Begins(machine, line)) return false;
        wasBegun = true;
        switch (instruction.Second)
        {
            case SedAddress.Line(var number):
                begun = number > line;
                end = number;
                break;
            case SedAddress.After(var count):
                begun = count > 0;
                end = line + count;
                break;
            case SedAddress.UpToMultiple(var of):
                // GNU goes on to the next multiple even where the line is one itself.
                end = of <= 0 ? line : ((line / of) + 1) * of;
                begun = end > line;
                break;
            case SedAddress.Last:
                begun = !machine.IsLastLine;
                end = -1;
                break;
            default:
                begun = true;
                end = -1;
                break;
        }

        return true;
    }

    private void Reset(int current)
    {
        numbering = current;
        begun = wasBegun = instruction.First is SedAddress.Line(0);
        end = begun ? -1 : 0;
    }

    /// <summary>A range that has not yet begun begins late when other commands took the line it was to begin at.</summary>
    private bool Begins(SedMachine machine, long line)
    {
        if (wasBegun || instruction.First is not SedAddress.Line(var number)) return Selects(instruction.First!, machine);
        return line == number || (line > number && (instruction.Second is not SedAddress.Line(var last) || line <= last));
    }

    private bool Continue(SedMachine machine, long line)
    {
        if (instruction.Second is SedAddress.Pattern(var regex))
        {
            begun = !machine.IsMatch(regex);
            return true;
        }

        if (instruction.Second is SedAddress.Last)
        {
            begun = !machine.IsLastLine;
            return true;
        }

        begun = line < end;
        // The range was left behind while other commands read lines: the first address decides anew.
        return line <= end || (instruction.Second is SedAddress.Line && Selects(instruction.First!, machine));
    }

    private static bool Selects(SedAddress address, SedMachine machine) => address switch
    {
        SedAddress.Line(var number) => machine.LineNumber == number,
        SedAddress.Step(var first, <= 0) => machine.LineNumber == first,
        SedAddress.Step(var first, var every) => machine.LineNumber >= first && (machine.LineNumber - first) % every == 0,
        SedAddress.Last => machine.IsLastLine,
        SedAddress.Pattern(var regex) => machine.IsMatch(regex),
        _ => false,
    };
}
