namespace Offstage.Shell.Commands.Sqlite;

internal enum SqliteType
{
    Integer = 1,
    Real = 2,
    Text = 3,
    Blob = 4,
    Null = 5,
}

/// <summary>One column of a row.</summary>
/// <param name="Text">As SQLite writes it; the bytes of a blob; empty for null.</param>
internal readonly record struct SqliteValue(SqliteType Type, string Text, double Real);
