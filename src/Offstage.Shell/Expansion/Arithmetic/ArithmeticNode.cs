using Offstage.Shell.Execution;

namespace Offstage.Shell.Expansion;

/// <summary>A parsed arithmetic expression: 64-bit, wrapping.</summary>
internal abstract class ArithmeticNode
{
    /// <param name="depth">How many variables whose values are expressions led here.</param>
    public abstract long Evaluate(ShellProcess process, int depth);

    public sealed class Constant(long value) : ArithmeticNode
    {
        public override long Evaluate(ShellProcess process, int depth) => value;
    }

    public sealed class Variable(string name) : ArithmeticNode, IAssignable
    {
        public override long Evaluate(ShellProcess process, int depth) => process.Arithmetic.ReadVariable(name, depth);

        public long Assign(ShellProcess process, long value, int depth)
        {
            process.Variables.AssignNumber(name, value);
            return value;
        }
    }

    public sealed class Element(string name, string subscript) : ArithmeticNode, IAssignable
    {
        public override long Evaluate(ShellProcess process, int depth) => process.Arithmetic.ReadElement(name, subscript, depth);

        public long Assign(ShellProcess process, long value, int depth)
        {
            process.Arithmetic.AssignElement(name, subscript, value);
            return value;
        }
    }

    public sealed class Assignment(ArithmeticNode target, ArithmeticOperator? operation, ArithmeticNode value, ArithmeticPlace place) : ArithmeticNode
    {
        public override long Evaluate(ShellProcess process, int depth)
        {
            var assignable = (IAssignable)target;
            if (operation is not { } op)
                return assignable.Assign(process, value.Evaluate(process, depth), depth);
            long before = target.Evaluate(process, depth);
            return assignable.Assign(process, Apply(op, before, value.Evaluate(process, depth), place), depth);
        }
    }

    public sealed class Step(ArithmeticNode target, int by, bool isPrefix) : ArithmeticNode
    {
        public override long Evaluate(ShellProcess process, int depth)
        {
            long before = target.Evaluate(process, depth);
            long after = ((IAssignable)target).Assign(process, unchecked(before + by), depth);
            return isPrefix ? after : before;
        }
    }

    public sealed class Unary(char operation, ArithmeticNode operand) : ArithmeticNode
    {
        public override long Evaluate(ShellProcess process, int depth)
        {
            long value = operand.Evaluate(process, depth);
            return operation switch
            {
                '-' => unchecked(-value),
                '!' => value == 0 ? 1 : 0,
                '~' => ~value,
                _ => value,
            };
        }
    }

    public sealed class Binary(ArithmeticOperator operation, ArithmeticNode left, ArithmeticNode right, ArithmeticPlace place) : ArithmeticNode
    {
        public override long Evaluate(ShellProcess process, int depth)
        {
            long first = left.Evaluate(process, depth);
            switch (operation)
            {
                case ArithmeticOperator.LogicalAnd:
                    return first != 0 && right.Evaluate(process, depth) != 0 ? 1 : 0;
                case ArithmeticOperator.LogicalOr:
                    return first != 0 || right.Evaluate(process, depth) != 0 ? 1 : 0;
                case ArithmeticOperator.Comma:
                    return right.Evaluate(process, depth);
                default:
                    return Apply(operation, first, right.Evaluate(process, depth), place);
            }
        }
    }

    public sealed class Choice(ArithmeticNode condition, ArithmeticNode then, ArithmeticNode otherwise) : ArithmeticNode
    {
        public override long Evaluate(ShellProcess process, int depth)
            => (condition.Evaluate(process, depth) != 0 ? then : otherwise).Evaluate(process, depth);
    }

    internal interface IAssignable
    {
        long Assign(ShellProcess process, long value, int depth);
    }

    private static long Apply(ArithmeticOperator operation, long a, long b, ArithmeticPlace place)
    {
        unchecked
        {
            switch (operation)
            {
                case ArithmeticOperator.Add:
                    return a + b;
                case ArithmeticOperator.Subtract:
                    return a - b;
                case ArithmeticOperator.Multiply:
                    return a * b;
                case ArithmeticOperator.Divide or ArithmeticOperator.Remainder:
                    if (b == 0)
                        throw place.Error("division by 0");
                    if (b == -1)
                        return operation == ArithmeticOperator.Divide ? -a : 0;
                    return operation == ArithmeticOperator.Divide ? a / b : a % b;
                case ArithmeticOperator.Power:
                    if (b < 0)
                        throw place.Error("exponent less than 0");
                    long result = 1;
                    for (; b > 0; b >>= 1, a *= a)
                        result *= (b & 1) != 0 ? a : 1;
                    return result;
                case ArithmeticOperator.ShiftLeft:
                    return a << (int)(b & 63);
                case ArithmeticOperator.ShiftRight:
                    return a >> (int)(b & 63);
                case ArithmeticOperator.And:
                    return a & b;
                case ArithmeticOperator.Or:
                    return a | b;
                case ArithmeticOperator.Xor:
                    return a ^ b;
                case ArithmeticOperator.Less:
                    return a < b ? 1 : 0;
                case ArithmeticOperator.LessOrEqual:
                    return a <= b ? 1 : 0;
                case ArithmeticOperator.Greater:
                    return a > b ? 1 : 0;
                case ArithmeticOperator.GreaterOrEqual:
                    return a >= b ? 1 : 0;
                case ArithmeticOperator.Equal:
                    return a == b ? 1 : 0;
                case ArithmeticOperator.NotEqual:
                    return a != b ? 1 : 0;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }
}

internal enum ArithmeticOperator
{
    Comma,
    LogicalOr,
    LogicalAnd,
    Or,
    Xor,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// <summary>Where in an expression an error is told to be.</summary>
internal readonly record struct ArithmeticPlace(string Text, int Position)
{
    public ExpressionException Error(string message) => new(Text, message, Text[Math.Min(Position, Text.Length)..]);
}
