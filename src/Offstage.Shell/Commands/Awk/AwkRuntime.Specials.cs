using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

/// <summary>The variables that the language itself reads or sets.</summary>
internal sealed partial class AwkRuntime
{
    private AwkValue fieldSeparator = AwkValue.Of(" ");
    private AwkValue recordSeparator = AwkValue.Of("\n");
    private AwkValue outputFieldSeparator = AwkValue.Of(" ");
    private AwkValue outputRecordSeparator = AwkValue.Of("\n");
    private AwkValue subscriptSeparator = AwkValue.Of("\u001c");
    private AwkValue conversionFormat = AwkValue.Of("%.6g");
    private AwkValue outputFormat = AwkValue.Of("%.6g");
    private AwkValue ignoreCase = AwkValue.Of(0.0);
    private AwkValue fieldWidths = AwkValue.Of("");
    private AwkValue fieldPattern = AwkValue.Of("[^[:space:]]+");

    public double RecordNumber { get; set; }

    public double FileRecordNumber { get; set; }

    public string OutputFieldSeparator { get; private set; } = " ";

    public string OutputRecordSeparator { get; private set; } = "\n";

    public string SubscriptSeparator { get; private set; } = "\u001c";

    public string ConversionFormat { get; private set; } = "%.6g";

    public string OutputFormat { get; private set; } = "%.6g";

    public bool IgnoreCase { get; private set; }

    public AwkRecordSeparator RecordSeparator { get; private set; } = new AwkRecordSeparator.Character((byte)'\n');

    public AwkSplitter Splitter { get; private set; } = new AwkSplitter.Blanks();

    public AwkValue GetSpecial(AwkSpecialName name) => name switch
    {
        AwkSpecialName.NF => AwkValue.Of((double)Record.FieldCount),
        AwkSpecialName.NR => AwkValue.Of(RecordNumber),
        AwkSpecialName.FNR => AwkValue.Of(FileRecordNumber),
        AwkSpecialName.FS => fieldSeparator,
        AwkSpecialName.RS => recordSeparator,
        AwkSpecialName.OFS => outputFieldSeparator,
        AwkSpecialName.ORS => outputRecordSeparator,
        AwkSpecialName.SUBSEP => subscriptSeparator,
        AwkSpecialName.CONVFMT => conversionFormat,
        AwkSpecialName.OFMT => outputFormat,
        AwkSpecialName.IGNORECASE => ignoreCase,
        AwkSpecialName.FIELDWIDTHS => fieldWidths,
        _ => fieldPattern,
    };

    public void SetSpecial(AwkSpecialName name, AwkValue value)
    {
        string text = value.Text(ConversionFormat);
        switch (name)
        {
            case AwkSpecialName.NF:
                Record.SetFieldCount((int)Math.Clamp(value.Number, -1, AwkRecord.FieldsMax + 1.0));
                break;
            case AwkSpecialName.NR:
                RecordNumber = value.Number;
                break;
            case AwkSpecialName.FNR:
                FileRecordNumber = value.Number;
                break;
            case AwkSpecialName.FS:
                fieldSeparator = value;
                // The record at hand is still taken apart as it was read.
                _ = Record.FieldCount;
                Splitter = SplitterFor(text);
                break;
            case AwkSpecialName.RS:
                recordSeparator = value;
                RecordSeparator = text.Length switch
                {
                    0 => new AwkRecordSeparator.Paragraph(),
                    1 => new AwkRecordSeparator.Character((byte)text[0]),
                    _ => new AwkRecordSeparator.Pattern(Regex(text)),
                };
                _ = Record.FieldCount;
                Splitter = SplitterFor(fieldSeparator.Text(ConversionFormat));
                break;
            case AwkSpecialName.OFS:
                outputFieldSeparator = value;
                OutputFieldSeparator = text;
                break;
            case AwkSpecialName.ORS:
                outputRecordSeparator = value;
                OutputRecordSeparator = text;
                break;
            case AwkSpecialName.SUBSEP:
                subscriptSeparator = value;
                SubscriptSeparator = text;
                break;
            case AwkSpecialName.CONVFMT:
                conversionFormat = value;
                ConversionFormat = text;
                break;
            case AwkSpecialName.OFMT:
                outputFormat = value;
                OutputFormat = text;
                break;
            case AwkSpecialName.IGNORECASE:
                ignoreCase = value;
                IgnoreCase = value.Truth;
                regexes.Clear();
                literals.Clear();
                _ = Record.FieldCount;
                Splitter = SplitterFor(fieldSeparator.Text(ConversionFormat));
                break;
            case AwkSpecialName.FIELDWIDTHS:
                fieldWidths = value;
                _ = Record.FieldCount;
                Splitter = new AwkSplitter.Widths([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Width)]);
                break;
            case AwkSpecialName.FPAT:
                fieldPattern = value;
                _ = Record.FieldCount;
                Splitter = new AwkSplitter.Pattern(Regex(text), CancellationToken);
                break;
        }
    }

    public AwkSplitter SplitterFor(string separator)
    {
        bool paragraph = RecordSeparator is AwkRecordSeparator.Paragraph;
        if (separator == " ") return new AwkSplitter.Blanks();
        if (separator.Length == 0) return new AwkSplitter.Characters(IsUtf8);
        if (separator == "\\") return new AwkSplitter.Character((byte)'\\', paragraph);
        if (separator.Length == 1 && (!IgnoreCase || !char.IsAsciiLetter(separator[0]))) return new AwkSplitter.Character((byte)separator[0], paragraph);
        return new AwkSplitter.Separator(Regex(paragraph ? $"({separator})|\n" : separator), CancellationToken);
    }

    private static (int Skip, int Width) Width(string part)
    {
        int colon = part.IndexOf(':');
        int skip = colon < 0 ? 0 : int.TryParse(part.AsSpan(0, colon), out int s) ? s : 0;
        string width = part[(colon + 1)..];
        if (width == "*") return (skip, -1);
        return int.TryParse(width, out int value) && value > 0 ? (skip, value) : throw new AwkException($"invalid FIELDWIDTHS value, for field 1, near `{part}'");
    }
}
