using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

/// <summary><c>test</c> and <c>[</c>: by the number of arguments as POSIX has it, by precedence beyond four.</summary>
internal sealed class TestBuiltin(string name) : IBuiltin
{
    private static readonly string[] Binaries = ["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"];

    public string Name => name;

    public string Usage => name == "[" ? "[ arg... ]" : "test [expr]";

    public int Run(BuiltinCall call)
    {
        List<string> arguments = call.Arguments;
        int end = arguments.Count;
        if (name == "[")
        {
            if (arguments[^1] != "]")
            {
                call.Complain("missing `]'");
                return 2;
            }

            end--;
        }

        try
        {
            return new Expression(call.Process, arguments, 1, end).Evaluate() ? 0 : 1;
        }
        catch (ConditionException e)
        {
            call.Complain(e.Message);
            return 2;
        }
    }

    private ref struct Expression(ShellProcess process, List<string> arguments, int start, int end)
    {
        private int at = start;

        public bool Evaluate()
        {
            bool value = Fixed(at, end) ?? Long();
            return value;
        }

        /// <summary>The rules for up to four arguments; null when there are more, or none of the rules applies.</summary>
        private readonly bool? Fixed(int from, int to)
        {
            switch (to - from)
            {
                case 0:
                    return false;
                case 1:
                    return arguments[from].Length > 0;
                case 2:
                    if (arguments[from] == "!")
                        return arguments[from + 1].Length == 0;
                    if (Conditions.IsUnary(arguments[from]))
                        return Conditions.Unary(process, arguments[from], arguments[from + 1]);
                    throw new ConditionException($"{arguments[from]}: unary operator expected");
                case 3:
                    return Three(from);
                case 4 when arguments[from] == "!":
                    return !Three(from + 1);
                case 4 when arguments[from] == "(" && arguments[to - 1] == ")":
                    return Fixed(from + 1, to - 1);
                default:
                    return null;
            }
        }

        private readonly bool Three(int from)
        {
            string middle = arguments[from + 1];
            if (Binaries.Contains(middle))
                return Conditions.Binary(process, arguments[from], middle, arguments[from + 2]);
            if (middle == "-a")
                return arguments[from].Length > 0 && arguments[from + 2].Length > 0;
            if (middle == "-o")
                return arguments[from].Length > 0 || arguments[from + 2].Length > 0;
            if (arguments[from] == "!")
                return !Fixed(from + 1, from + 3)!.Value;
            if (arguments[from] == "(" && arguments[from + 2] == ")")
                return middle.Length > 0;
            throw new ConditionException($"{middle}: binary operator expected");
        }

        private bool Long()
        {
            bool value = Or();
            if (at < end)
                throw new ConditionException("too many arguments");
            return value;
        }

        private bool Or()
        {
            bool value = And();
            while (at < end && arguments[at] == "-o")
            {
                at++;
                value |= And();
            }

            return value;
        }

        private bool And()
        {
            bool value = Term();
            while (at < end && arguments[at] == "-a")
            {
                at++;
                value &= Term();
            }

            return value;
        }

        private bool Term()
        {
            ShellProcess.EnsureStack();
            if (at >= end)
                throw new ConditionException("argument expected");
            string first = arguments[at];
            if (first == "!")
            {
                at++;
                return !Term();
            }

            if (first == "(" && !(at + 2 < end && Binaries.Contains(arguments[at + 1])))
            {
                at++;
                bool inner = Or();
                if (at >= end || arguments[at] != ")")
                    throw new ConditionException(at < end ? $"`)' expected, found {arguments[at]}" : "`)' expected");
                at++;
                return inner;
            }

            if (at + 2 < end && Binaries.Contains(arguments[at + 1]))
            {
                at += 3;
                return Conditions.Binary(process, first, arguments[at - 2], arguments[at - 1]);
            }

            if (Conditions.IsUnary(first) && at + 1 < end)
            {
                at += 2;
                return Conditions.Unary(process, first, arguments[at - 1]);
            }

            at++;
            return first.Length > 0;
        }
    }
}
