using System.Numerics;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class FactorCommand : ICommand
{
    private static readonly OptionTable table = new("factor [NUMBER]...", "Print the prime factors of each specified integer NUMBER.", new Option('h', "exponents", "print repeated factors in form p^e unless e is 1"));

    public string Name => "factor";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        var numbers = options.Operands;
        if (numbers.Count == 0)
        {
            using var file = InputFile.TryOpen(context, "-", out _);
            numbers = [.. Latin.Text(file!.ReadToEnd()).Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)];
        }

        foreach (string text in numbers)
        {
            if (!ulong.TryParse(text.TrimStart('+'), System.Globalization.NumberStyles.None, null, out ulong number))
            {
                context.Complain($"{Latin.Quote(text)} is not a valid positive integer");
                status = 1;
                continue;
            }

            var factors = new List<ulong>();
            Factor(context, number, factors);
            factors.Sort();
            var shown = options.Has('h') ? factors.GroupBy(f => f).Select(g => g.Count() == 1 ? g.Key.ToString() : $"{g.Key}^{g.Count()}") : factors.Select(f => f.ToString());
            context.Output.WriteLine($"{number}:{string.Concat(shown.Select(f => " " + f))}");
        }

        return status;
    }

    private static void Factor(CommandContext context, ulong number, List<ulong> factors)
    {
        for (ulong d = 2; d < 1000 && d * d <= number; d++)
        {
            while (number % d == 0)
            {
                factors.Add(d);
                number /= d;
            }
        }

        if (number > 1) Large(context, number, factors);
    }

    private static void Large(CommandContext context, ulong number, List<ulong> factors)
    {
        if (number == 1) return;
        if (number < 1_000_000 || IsPrime(number))
        {
            factors.Add(number);
            return;
        }

        ulong divisor = Rho(context, number);
        Large(context, divisor, factors);
        Large(context, number / divisor, factors);
    }

    private static ulong Multiply(ulong a, ulong b, ulong modulus) => (ulong)((UInt128)a * b % modulus);

    private static bool IsPrime(ulong number)
    {
        ulong odd = number - 1;
        int twos = BitOperations.TrailingZeroCount(odd);
        odd >>= twos;
        // These bases decide for every number of 64 bits.
        foreach (ulong witness in (ReadOnlySpan<ulong>)[2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37])
        {
            if (number % witness == 0) return number == witness;
            ulong x = (ulong)BigInteger.ModPow(witness, odd, number);
            if (x == 1 || x == number - 1) continue;
            bool composite = true;
            for (int i = 1; i < twos && composite; i++)
            {
                x = Multiply(x, x, number);
                composite = x != number - 1;
            }

            if (composite) return false;
        }

        return true;
    }

    /// <summary>Pollard's rho.</summary>
    private static ulong Rho(CommandContext context, ulong number)
    {
        for (ulong constant = 1; ; constant++)
        {
            ulong slow = 2, fast = 2, divisor = 1;
            for (int turn = 0; divisor == 1; turn++)
            {
                if ((turn & 0xFFF) == 0) context.Check();
                slow = (Multiply(slow, slow, number) + constant) % number;
                fast = (Multiply(fast, fast, number) + constant) % number;
                fast = (Multiply(fast, fast, number) + constant) % number;
                divisor = (ulong)BigInteger.GreatestCommonDivisor(slow > fast ? slow - fast : fast - slow, number);
            }

            if (divisor != number) return divisor;
        }
    }
}
