namespace Offstage.ScriptAgent;

/// <summary>What a conversation must remember over the end of the process: how many turns it had, and whether it was
/// told to be forgotten. One file per conversation, one byte per turn.</summary>
internal sealed class ConversationStore(string folder)
{
    public string Create()
    {
        Directory.CreateDirectory(folder);
        var cursor = Guid.CreateVersion7().ToString("N");
        File.WriteAllBytes(PathOf(cursor), []);
        return cursor;
    }

    /// <summary>Turns begun so far; null when there is no such conversation.</summary>
    public int? FindTurns(string cursor)
    {
        // The cursor comes from outside and becomes a file name.
        if (!Guid.TryParseExact(cursor, "N", out _))
            return null;
        var file = new FileInfo(PathOf(cursor));
        return file.Exists ? (int)file.Length : null;
    }

    public void AddTurn(string cursor)
    {
        using var file = new FileStream(PathOf(cursor), FileMode.Append);
        file.WriteByte((byte)'t');
    }

    /// <returns>Turns that are left; null when there are not so many to take away.</returns>
    public int? TakeAway(string cursor, int turns)
    {
        using var file = new FileStream(PathOf(cursor), FileMode.Open);
        if (turns < 1 || turns > file.Length)
            return null;
        file.SetLength(file.Length - turns);
        return (int)file.Length;
    }

    public void Forget(string cursor) => File.Delete(PathOf(cursor));

    private string PathOf(string cursor) => Path.Combine(folder, cursor);
}
