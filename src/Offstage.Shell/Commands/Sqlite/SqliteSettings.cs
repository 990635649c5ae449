namespace Offstage.Shell.Commands.Sqlite;

internal enum SqliteMode
{
    List,
    Csv,
    Column,
    Json,
    Line,
    Table,
    Insert,
    Markdown,
    Box,
    Quote,
    Html,
    Ascii,
}

/// <summary>How results are shown. Changed by options and dot commands.</summary>
internal sealed class SqliteSettings
{
    public SqliteMode Mode { get; set; } = SqliteMode.List;

    public bool Headers { get; set; }

    /// <summary>Whether headers were asked for or refused; modes with columns show them otherwise.</summary>
    public bool HeadersSet { get; set; }

    public string Separator { get; set; } = "|";

    public string RowSeparator { get; set; } = "\n";

    public string NullValue { get; set; } = "";

    /// <summary>The table of insert mode.</summary>
    public string Table { get; set; } = "table";

    public List<int> Widths { get; } = [];

    public bool Echo { get; set; }

    public bool Bail { get; set; }

    public bool ShowChanges { get; set; }

    public bool ShowHeaders => Headers || Mode is SqliteMode.Table or SqliteMode.Box or SqliteMode.Markdown;

    /// <returns>False when there is no such mode.</returns>
    public bool TrySetMode(string name)
    {
        switch (name)
        {
            case "list": (Mode, Separator, RowSeparator) = (SqliteMode.List, "|", "\n"); return true;
            case "csv": (Mode, Separator, RowSeparator) = (SqliteMode.Csv, ",", "\r\n"); return true;
            case "tabs": (Mode, Separator) = (SqliteMode.List, "\t"); return true;
            case "ascii": (Mode, Separator, RowSeparator) = (SqliteMode.Ascii, "\u001f", "\u001e"); return true;
            case "column" or "columns": Mode = SqliteMode.Column; return true;
            case "json": Mode = SqliteMode.Json; return true;
            case "line" or "lines": Mode = SqliteMode.Line; return true;
            case "table": Mode = SqliteMode.Table; return true;
            case "insert": Mode = SqliteMode.Insert; return true;
            case "markdown": Mode = SqliteMode.Markdown; return true;
            case "box": Mode = SqliteMode.Box; return true;
            case "quote": (Mode, Separator, RowSeparator) = (SqliteMode.Quote, ",", "\n"); return true;
            case "html": Mode = SqliteMode.Html; return true;
            default: return false;
        }
    }
}
