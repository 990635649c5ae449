using System.Text;

namespace Offstage.Shell.Expansion;

/// <summary>Puts the fields of a word together. Quoted characters that could be special to a pattern are marked.</summary>
/// <param name="splits">Whether unquoted results are split at the separators; otherwise there is one field.</param>
internal sealed class FieldBuilder(bool splits, FieldSeparators separators)
{
    private readonly StringBuilder text = new();
    private bool started;

    /// <summary>Finished fields, still marked.</summary>
    public List<string> Fields { get; } = [];

    public bool Splits => splits;

    public bool IsEmpty => !started && text.Length == 0 && Fields.Count == 0;

    public void AppendQuoted(string value)
    {
        started = true;
        int start = 0;
        for (int i = 0; i < value.Length; i++)
        {
            if (!MarkedText.IsSpecial(value[i]))
                continue;
            text.Append(value, start, i - start).Append((char)(value[i] | MarkedText.Mark));
            start = i + 1;
        }

        text.Append(value, start, value.Length - start);
    }

    /// <summary>Unquoted text of the script, which is not split.</summary>
    public void AppendLiteral(string value)
    {
        started |= value.Length > 0;
        text.Append(value);
    }

    public void AppendMarked(char c)
    {
        started = true;
        text.Append((char)(c | MarkedText.Mark));
    }

    /// <summary>There is a field here even if nothing more comes.</summary>
    public void Start() => started = true;

    /// <summary>The result of an unquoted expansion.</summary>
    public void AppendExpansion(string value)
    {
        if (!splits || separators.IsEmpty)
        {
            started |= value.Length > 0;
            text.Append(value);
            return;
        }

        int i = 0;
        while (i < value.Length)
        {
            int end = i;
            while (end < value.Length && !separators.Contains(value[end]))
                end++;
            if (end > i)
            {
                started = true;
                text.Append(value, i, end - i);
                i = end;
                continue;
            }

            while (i < value.Length && separators.IsBlank(value[i]))
                i++;
            bool hard = i < value.Length && separators.Contains(value[i]);
            if (hard)
            {
                i++;
                while (i < value.Length && separators.IsBlank(value[i]))
                    i++;
            }

            if (hard)
                End();
            else
                Break();
        }
    }

    /// <summary>Ends the field if there is one.</summary>
    public void Break()
    {
        if (started)
            End();
    }

    /// <summary>Ends the field, also when it is empty.</summary>
    public void End()
    {
        Fields.Add(text.ToString());
        text.Clear();
        started = false;
    }

    /// <summary>All that was gathered, as one text.</summary>
    public string TakeText()
    {
        string value = text.ToString();
        text.Clear();
        started = false;
        return value;
    }
}

/// <summary>The characters of IFS.</summary>
internal sealed class FieldSeparators
{
    public static readonly FieldSeparators Standard = new(" \t\n");

    private readonly bool[] all = new bool[256];
    private readonly string text;

    public FieldSeparators(string text)
    {
        this.text = text;
        foreach (char c in text)
            all[c & 0xFF] = true;
    }

    public bool IsEmpty => text.Length == 0;

    /// <summary>What joins the elements of <c>"$*"</c>.</summary>
    public string Joint => text.Length == 0 ? "" : text[..1];

    public bool Contains(char c) => c < 256 && all[c];

    /// <summary>Whether it is a separator of which several count as one.</summary>
    public bool IsBlank(char c) => c is ' ' or '\t' or '\n' && all[c];
}
