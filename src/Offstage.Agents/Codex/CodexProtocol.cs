namespace Offstage.Agents.Codex;

/// <summary>The app-server protocol that this adapter was written against and tried with.</summary>
/// <remarks>Read from <c>codex app-server generate-json-schema</c> of this version. Its method names stand in
/// <c>Codex/protocol-methods.txt</c>; a test compares them with those of the installed program.</remarks>
public static class CodexProtocol
{
    public const string Version = "0.169.0";
}
