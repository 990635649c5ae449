using System.Globalization;
using Offstage.Shell.Execution;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

/// <summary>The primaries that <c>test</c> and <c>[[</c> share.</summary>
internal static class Conditions
{
    public static bool IsUnary(string text) => text is ['-', var letter] && "abcdefghknoprstuvwxzGLNORS".Contains(letter);

    public static bool Unary(ShellProcess process, string operation, string operand)
    {
        switch (operation[1])
        {
            case 'n':
                return operand.Length > 0;
            case 'z':
                return operand.Length == 0;
            case 'v':
                return IsSet(process, operand);
            case 'R':
                return process.Variables.FindRaw(operand) is { } reference && reference.Has(VariableAttributes.Reference) && reference.IsSet;
            case 'o':
                return ShellOptionSet.IsSetName(operand) && process.Options.Get(operand);
            case 't':
                // There is no terminal.
                return false;
        }

        if (operand.Length == 0)
            return false;
        bool followLinks = operation[1] is not ('h' or 'L');
        if (Stat(process, operand, followLinks) is not { } status)
            return false;
        return operation[1] switch
        {
            'a' or 'e' => true,
            'b' or 'S' => false,
            'c' => status.Kind == FileKind.CharacterDevice,
            'd' => status.IsDirectory,
            'f' => status.IsRegular,
            'g' => (status.Mode & 0x400) != 0,
            'G' or 'O' => true,
            'h' or 'L' => status.IsSymbolicLink,
            'k' => (status.Mode & 0x200) != 0,
            'N' => status.ModifiedAt > status.AccessedAt,
            'p' => status.Kind == FileKind.Pipe,
            'r' => (status.Mode & 0b100_100_100) != 0,
            's' => status.Size > 0,
            'u' => (status.Mode & 0x800) != 0,
            'w' => (status.Mode & 0b010_010_010) != 0,
            'x' => status.IsDirectory || (status.Mode & 0b001_001_001) != 0,
            _ => throw new ConditionException($"{operation}: unary operator expected"),
        };
    }

    public static bool Binary(ShellProcess process, string left, string operation, string right)
    {
        switch (operation)
        {
            case "=" or "==":
                return left == right;
            case "!=":
                return left != right;
            case "<":
                return string.CompareOrdinal(left, right) < 0;
            case ">":
                return string.CompareOrdinal(left, right) > 0;
            case "-nt" or "-ot" or "-ef":
                FileStatus? first = Stat(process, left, true);
                FileStatus? second = Stat(process, right, true);
                return operation switch
                {
                    "-ef" => first is { } a && second is { } b && a.IsSameFile(b),
                    "-nt" => first is { } newer && (second is not { } than || newer.ModifiedAt > than.ModifiedAt),
                    _ => second is { } later && (first is not { } older || older.ModifiedAt < later.ModifiedAt),
                };
            default:
                return Compare(operation, Integer(left), Integer(right));
        }
    }

    public static bool Compare(string operation, long left, long right) => operation switch
    {
        "-eq" => left == right,
        "-ne" => left != right,
        "-lt" => left < right,
        "-le" => left <= right,
        "-gt" => left > right,
        "-ge" => left >= right,
        _ => throw new ConditionException($"{operation}: binary operator expected"),
    };

    private static long Integer(string text)
        => long.TryParse(text.AsSpan().Trim(" \t\n"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new ConditionException($"{text}: integer expression expected");

    private static FileStatus? Stat(ShellProcess process, string path, bool followLinks)
    {
        if (Streams.FileOpener.DescriptorOf(path) is { } descriptor)
            return process.Descriptors.Find(descriptor)?.Status;
        return path.Length > 0 && process.Files.Stat(PathText.Absolute(process.WorkingDirectory, path), followLinks, out FileStatus status) == FileError.None ? status : null;
    }

    private static bool IsSet(ShellProcess process, string name)
    {
        int bracket = name.IndexOf('[');
        if (bracket > 0 && name.EndsWith(']'))
        {
            string subscript = name[(bracket + 1)..^1];
            Variable? array = process.Variables.Find(name[..bracket]);
            if (subscript is "@" or "*" && array?.Has(VariableAttributes.Associative) != true)
                return array is not null && (array.Indexed?.Count ?? (array.Scalar is null ? 0 : 1)) > 0;
            return process.Variables.FindElement(name[..bracket], subscript, quoted: false) is not null;
        }

        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
            return process.SpecialParameter(name) is not null;
        return process.Variables.Value(name) is not null;
    }
}
