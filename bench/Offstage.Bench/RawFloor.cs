using System.Data.Common;

namespace Offstage.Bench;

/// <summary>What the database takes for the same rows without a store around it.</summary>
internal sealed class RawFloor(DbConnection connection)
{
    private long next;

    public async Task PrepareAsync()
    {
        await ExecuteAsync("create table raw (session_id text not null, sequence bigint not null, kind text not null, schema_version bigint not null, at bigint not null, data text not null, primary key (session_id, sequence))");
    }

    /// <summary>Rows one by one with a prepared statement, all in one transaction.</summary>
    public async Task InsertAsync(int rows, string data)
    {
        await ExecuteAsync("begin");
        await using var command = connection.CreateCommand();
        command.CommandText = "insert into raw values (@session, @sequence, @kind, @version, @at, @data)";
        object[] values = ["ses_raw", 0L, "item_completed", 1L, 1L, data];
        string[] names = ["session", "sequence", "kind", "version", "at", "data"];
        for (int i = 0; i < names.Length; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = names[i];
            parameter.Value = values[i];
            command.Parameters.Add(parameter);
        }

        await command.PrepareAsync();
        for (int i = 0; i < rows; i++)
        {
            command.Parameters[1].Value = ++next;
            await command.ExecuteNonQueryAsync();
        }

        await ExecuteAsync("commit");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
