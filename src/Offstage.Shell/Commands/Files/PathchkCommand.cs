using System.Buffers;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>pathchk: whether names can be used, here or anywhere.</summary>
internal sealed class PathchkCommand : ICommand
{
    private const int NameMax = 255;
    private const int PathMax = 4096;
    private const int PosixNameMax = 14;
    private const int PosixPathMax = 256;

    private static readonly SearchValues<char> Portable = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/");

    private static readonly OptionTable table = new(
        "pathchk [OPTION]... NAME...",
        "Diagnose invalid or unportable file names.",
        new('p', null, "check for most POSIX systems"),
        new('P', null, "check for empty names and leading \"-\""),
        new('\0', "portability", "check for all POSIX systems (equivalent to -p -P)"));

    public string Name => "pathchk";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        bool both = options.Has("portability"), portable = both || options.Has('p'), strict = both || options.Has('P');
        int status = 0;
        foreach (string name in options.Operands)
        {
            if (Problem(context, name, portable, strict) is not { } problem) continue;
            context.Complain(problem);
            status = 1;
        }

        return status;
    }

    private static string? Problem(CommandContext context, string name, bool portable, bool strict)
    {
        if (strict && name.Split('/').Any(c => c.StartsWith('-'))) return $"leading '-' in a component of file name {Latin.Quote(name)}";
        if ((portable || strict) && name.Length == 0) return "empty file name";
        if (portable)
        {
            int strange = name.AsSpan().IndexOfAnyExcept(Portable);
            if (strange >= 0) return $"nonportable character {Latin.Quote(name[strange].ToString())} in file name {Latin.Quote(name)}";
        }
        else
        {
            // A part that is missing is none of our business; one that is no directory is.
            var error = context.Files.Stat(context.Resolve(name), followLinks: false, out _);
            if (error != FileError.None && (error != FileError.NotFound || name.Length == 0)) return $"{(name.Length == 0 ? "''" : name)}: {error.Message()}";
        }

        int pathMax = portable ? PosixPathMax : PathMax, nameMax = portable ? PosixNameMax : NameMax;
        if (name.Length >= pathMax) return $"limit {pathMax - 1} exceeded by length {name.Length} of file name {Latin.Quote(name)}";
        string? tooLong = name.Split('/').FirstOrDefault(c => c.Length > nameMax);
        return tooLong is null ? null : $"limit {nameMax} exceeded by length {tooLong.Length} of file name component {Latin.Quote(tooLong)}";
    }
}
