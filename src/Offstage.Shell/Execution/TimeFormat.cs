using System.Globalization;
using System.Text;

namespace Offstage.Shell.Execution;

/// <summary>The format of TIMEFORMAT. Only the elapsed time is measured: all commands run inside of one process.</summary>
internal static class TimeFormat
{
    public static string Format(string format, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            i++;
            if (format[i] == '%')
            {
                text.Append('%');
                continue;
            }

            int precision = 3;
            if (char.IsAsciiDigit(format[i]))
                precision = Math.Min(3, format[i++] - '0');
            bool isLong = i < format.Length && format[i] == 'l';
            i += isLong ? 1 : 0;
            char kind = i < format.Length ? format[i] : '\0';
            double seconds = kind == 'R' ? elapsed.TotalSeconds : 0;
            if (kind == 'P')
                text.Append("0.00");
            else if (isLong)
                text.Append(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)}m").Append((seconds % 60).ToString("F" + precision, CultureInfo.InvariantCulture)).Append('s');
            else
                text.Append(seconds.ToString("F" + precision, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
