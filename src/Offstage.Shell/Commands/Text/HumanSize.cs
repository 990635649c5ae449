using System.Globalization;

namespace Offstage.Shell.Commands.Text;

/// <summary>Sizes for people: three digits or less and a letter, rounded up.</summary>
internal static class HumanSize
{
    public static string Of(double size, int radix = 1024)
    {
        if (size < radix) return ((long)size).ToString(CultureInfo.InvariantCulture);
        int power = 0;
        while (size >= radix && power < 8)
        {
            size /= radix;
            power++;
        }

        string letter = (radix == 1000 ? " kMGTPEZY" : " KMGTPEZY")[power].ToString();
        double tenths = Math.Ceiling(size * 10) / 10;
        if (tenths < 10) return tenths.ToString("F1", CultureInfo.InvariantCulture) + letter;
        double whole = Math.Ceiling(size);
        return whole >= radix && power < 8 ? "1.0" + (radix == 1000 ? " kMGTPEZY" : " KMGTPEZY")[power + 1] : whole.ToString("F0", CultureInfo.InvariantCulture) + letter;
    }
}
