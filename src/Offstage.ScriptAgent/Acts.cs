namespace Offstage.ScriptAgent;

internal static class Acts
{
    /// <summary>For the message that an unknown act gets.</summary>
    public const string All =
        "@say TEXT, @delta N, @patch FILE TEXT, @plan TEXT, @items N, @sleep S, @ask TEXT, @approve CMD, @hang, @crash, @flood BYTES, @garbage, @raw TEXT, "
        + "@reject-cursor, @fail TEXT, @end ready|interrupted|stopped|error, @started, @late, @usage N, @history, @images, @prompt";
}
