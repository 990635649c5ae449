using System.Globalization;
using System.Numerics;
using System.Text;

namespace Offstage.Shell.Commands.Bc;

/// <summary>Writes numbers in any base, and breaks long lines with a backslash.</summary>
/// <param name="lineLength">Columns of a line with its backslash and one to spare, as BC_LINE_LENGTH counts; 0 for no breaks.</param>
internal sealed class BcOutput(CommandContext context, int lineLength)
{
    private int column;

    public void Write(string text)
    {
        foreach (char c in text)
        {
            if (c == '\n')
            {
                column = 0;
            }
            else if (++column == lineLength - 1 && lineLength != 0)
            {
                context.Output.Write("\\\n");
                column = 1;
            }

            context.Output.WriteByte((byte)c);
        }
    }

    public void Write(BcNumber number, int radix) => Write(Text(number, radix));

    /// <summary>The escapes of the print statement.</summary>
    public void WriteEscaped(string text)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            int known = "abefnqrt\\".IndexOf(text[++i]);
            if (known >= 0) plain.Append("\a\b\\\f\n\"\r\t\\"[known]);
        }

        Write(plain.ToString());
    }

    private string Text(BcNumber number, int radix)
    {
        if (number.IsZero) return "0";
        string sign = number.Value.Sign < 0 ? "-" : "";
        BigInteger value = BigInteger.Abs(number.Value);
        if (radix != 10) return sign + InBase(new(value, number.Scale), radix);
        string digits = value.ToString(CultureInfo.InvariantCulture);
        if (number.Scale == 0) return sign + digits;
        if (digits.Length <= number.Scale) return $"{sign}.{digits.PadLeft(number.Scale, '0')}";
        return $"{sign}{digits.AsSpan(0, digits.Length - number.Scale)}.{digits.AsSpan(digits.Length - number.Scale)}";
    }

    private string InBase(BcNumber number, int radix)
    {
        BcNumber whole = number.AtScale(0);
        int width = (radix - 1).ToString(CultureInfo.InvariantCulture).Length;
        var digits = new List<int>();
        Split(whole.Value, radix, digits, 0);
        var text = new StringBuilder();
        // Bases above 16 have no letters: every digit is a decimal number after a blank.
        foreach (int digit in digits) text.Append(radix <= 16 ? "0123456789ABCDEF"[digit].ToString() : " " + digit.ToString($"D{width}", CultureInfo.InvariantCulture));
        if (number.Scale == 0) return text.ToString();
        text.Append('.');
        BigInteger unit = BcNumber.PowerOfTen(number.Scale), rest = number.Value - (whole.Value * unit), reached = 1;
        for (bool first = true; reached < unit; first = false, reached *= radix)
        {
            context.Check();
            var digit = BigInteger.DivRem(rest * radix, unit, out rest);
            if (radix <= 16) text.Append("0123456789ABCDEF"[(int)digit]);
            else text.Append(first ? "" : " ").Append(((int)digit).ToString($"D{width}", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>Appends the digits of a number, at least <paramref name="least"/> of them, by halves.</summary>
    private void Split(BigInteger value, int radix, List<int> digits, int least)
    {
        context.Check();
        if (value.GetBitLength() > 512)
        {
            int half = (int)(BigInteger.Log(value, radix) / 2);
            BigInteger high = BigInteger.DivRem(value, BigInteger.Pow(radix, half), out BigInteger low);
            Split(high, radix, digits, Math.Max(0, least - half));
            Split(low, radix, digits, half);
            return;
        }

        var own = new Stack<int>();
        for (; !value.IsZero; value /= radix) own.Push((int)(value % radix));
        for (int i = own.Count; i < least; i++) digits.Add(0);
        digits.AddRange(own);
    }
}
