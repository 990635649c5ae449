using System.Globalization;
using System.Numerics;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class ExprCommand : ICommand
{
    private const int DepthMax = 400;

    public string Name => "expr";

    public int Run(CommandContext context)
    {
        IReadOnlyList<string> arguments = context.Arguments is ["--", ..] ? [.. context.Arguments.Skip(1)] : context.Arguments;
        if (arguments.Count == 0) return Usage.Error(context, "missing operand", 2);
        if (arguments is ["--help"])
        {
            context.Output.WriteLine("Usage: expr EXPRESSION\nPrint the value of EXPRESSION to standard output.");
            return 0;
        }

        var evaluator = new Evaluator(arguments, context);
        string value = evaluator.Evaluate();
        context.Output.WriteLine(value);
        return IsNull(value) ? 1 : 0;
    }

    private static bool IsNull(string text)
    {
        if (text.Length == 0) return true;
        ReadOnlySpan<char> digits = text.StartsWith('-') ? text.AsSpan(1) : text;
        return digits.Length > 0 && digits.IndexOfAnyExcept('0') < 0;
    }

    /// <summary>Evaluates by descent; what is not needed is parsed, and its errors of value do not count.</summary>
    private sealed class Evaluator(IReadOnlyList<string> arguments, CommandContext context)
    {
        private int at;
        private int depth;

        public string Evaluate()
        {
            string value = Or(true);
            return at < arguments.Count ? throw Error($"syntax error: unexpected argument {Latin.Quote(arguments[at])}") : value;
        }

        private static CommandFailedException Error(string message, int status = 2) => new(message, status);

        private bool Is(string word) => at < arguments.Count && arguments[at] == word;

        private string Or(bool counts)
        {
            if (++depth > DepthMax) throw Error("syntax error: nested too deeply");
            string left = And(counts);
            while (Is("|"))
            {
                at++;
                string right = And(counts && IsNull(left));
                if (IsNull(left)) left = IsNull(right) ? "0" : right;
            }

            depth--;
            return left;
        }

        private string And(bool counts)
        {
            string left = Compare(counts);
            while (Is("&"))
            {
                at++;
                string right = Compare(counts && !IsNull(left));
                if (IsNull(left) || IsNull(right)) left = "0";
            }

            return left;
        }

        private string Compare(bool counts)
        {
            string left = Add(counts);
            while (at < arguments.Count && arguments[at] is "<" or "<=" or "=" or "==" or "!=" or ">=" or ">")
            {
                string operation = arguments[at++];
                string right = Add(counts);
                int order = TryInteger(left, out var a) && TryInteger(right, out var b) ? a.CompareTo(b) : string.CompareOrdinal(left, right);
                left = operation switch { "<" => order < 0, "<=" => order <= 0, "=" or "==" => order == 0, "!=" => order != 0, ">=" => order >= 0, _ => order > 0 } ? "1" : "0";
            }

            return left;
        }

        private string Add(bool counts)
        {
            string left = Multiply(counts);
            while (Is("+") || Is("-"))
            {
                bool plus = arguments[at++] == "+";
                string right = Multiply(counts);
                if (counts) left = (plus ? Integer(left) + Integer(right) : Integer(left) - Integer(right)).ToString(CultureInfo.InvariantCulture);
            }

            return left;
        }

        private string Multiply(bool counts)
        {
            string left = Match(counts);
            while (Is("*") || Is("/") || Is("%"))
            {
                string operation = arguments[at++];
                string right = Match(counts);
                if (!counts) continue;
                var (a, b) = (Integer(left), Integer(right));
                if (operation != "*" && b.IsZero) throw Error("division by zero");
                left = (operation switch { "*" => a * b, "/" => BigInteger.Divide(a, b), _ => BigInteger.Remainder(a, b) }).ToString(CultureInfo.InvariantCulture);
            }

            return left;
        }

        private string Match(bool counts)
        {
            string left = Primary(counts);
            while (Is(":"))
            {
                at++;
                string right = Primary(counts);
                if (counts) left = Match(left, right);
            }

            return left;
        }

        private string Primary(bool counts)
        {
            if (at >= arguments.Count) throw Error(at == 0 ? "missing operand" : $"syntax error: missing argument after {Latin.Quote(arguments[at - 1])}");
            string word = arguments[at++];
            switch (word)
            {
                case "(":
                    string inner = Or(counts);
                    if (!Is(")")) throw Error(at < arguments.Count ? $"syntax error: expecting ')' instead of {Latin.Quote(arguments[at])}" : $"syntax error: expecting ')' after {Latin.Quote(arguments[at - 1])}");
                    at++;
                    return inner;
                case ")":
                    throw Error("syntax error: unexpected ')'");
                case "+" when at < arguments.Count:
                    return arguments[at++];
                case "length" when at < arguments.Count:
                    string text = Primary(counts);
                    return (context.IsUtf8 ? Latin.ToUnicode(text).EnumerateRunes().Count() : text.Length).ToString(CultureInfo.InvariantCulture);
                case "match" when at < arguments.Count:
                    return Match(Primary(counts), Primary(counts));
                case "index" when at < arguments.Count:
                    return (Primary(counts).AsSpan().IndexOfAny(Primary(counts)) + 1).ToString(CultureInfo.InvariantCulture);
                case "substr" when at < arguments.Count:
                    return Substring(Primary(counts), Primary(counts), Primary(counts));
                default:
                    return word;
            }
        }

        private static string Substring(string text, string position, string length)
        {
            if (!TryInteger(position, out var start) || !TryInteger(length, out var count) || start < 1 || count < 1 || start > text.Length) return "";
            int from = (int)start - 1;
            return text.Substring(from, (int)BigInteger.Min(count, text.Length - from));
        }

        private string Match(string text, string pattern)
        {
            try
            {
                var regex = PosixRegex.CompileAny([Latin.Bytes(pattern)], RegexSyntax.Basic, context.IsUtf8 ? PosixRegexOptions.Utf8 : 0, AssertionKind.TextStart);
                var groups = new Group[regex.GroupCount + 1];
                bool found = regex.Match(Latin.Bytes(text), 0, groups, context.Interruption.Token);
                if (regex.GroupCount > 0) return found && groups[1].IsPresent ? text[groups[1].Start..groups[1].End] : "";
                return (found ? groups[0].Length : 0).ToString(CultureInfo.InvariantCulture);
            }
            catch (PosixRegexException error)
            {
                throw Error(error.Message);
            }
        }

        private static BigInteger Integer(string text) => TryInteger(text, out var value) ? value : throw Error("non-integer argument");

        private static bool TryInteger(string text, out BigInteger value)
        {
            value = default;
            return text.Length is > 0 and < 10_000 && text != "-" && text.AsSpan(text[0] == '-' ? 1 : 0).IndexOfAnyExceptInRange('0', '9') < 0 && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        }
    }
}
