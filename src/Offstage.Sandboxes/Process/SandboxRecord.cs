using System.Text.Json;
using System.Text.Json.Serialization;
using Offstage.Contracts;
using Offstage.Git;

namespace Offstage.Sandboxes.Process;

/// <summary>What is known of a sandbox beside its files: <c>sandbox.json</c>.</summary>
internal sealed record SandboxRecord
{
    public required string Sandbox { get; init; }

    public required string Session { get; init; }

    public required Isolation Isolation { get; init; }

    public required NetworkAccess Network { get; init; }

    public required SandboxLimits Limits { get; init; }

    public required IReadOnlyList<string> ReadOnlyPaths { get; init; }

    public required IReadOnlyList<string> WritablePaths { get; init; }

    /// <summary>Null without a repository; in a draft it may lack the work tree.</summary>
    public GitRepository? Repository { get; init; }

    public Worktree? Worktree { get; init; }

    /// <summary>On the host, by inner path.</summary>
    public IReadOnlyDictionary<string, string> ObjectDirectories { get; init; } = new Dictionary<string, string>();

    /// <returns>Null when it is absent or was cut off while being written.</returns>
    public static SandboxRecord? Find(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SandboxRecordJson.Default.SandboxRecord);
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whole or not at all: written beside, then moved.</summary>
    public void Write(string path)
    {
        string beside = path + ".new";
        File.WriteAllBytes(beside, JsonSerializer.SerializeToUtf8Bytes(this, SandboxRecordJson.Default.SandboxRecord));
        File.Move(beside, path, overwrite: true);
    }

    public SandboxInfo ToInfo(SandboxFolders folders, bool isRunning)
    {
        bool isWalled = Isolation == Isolation.Bubblewrap;
        return new SandboxInfo(
            new SandboxId(Sandbox),
            new SessionId(Session),
            isRunning ? SandboxState.Running : SandboxState.Stopped,
            folders.Workspace,
            isWalled ? InnerPaths.Workspace : folders.Workspace,
            isWalled ? InnerPaths.Home : folders.Home,
            Worktree?.BaseCommit);
    }
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SandboxRecord))]
internal sealed partial class SandboxRecordJson : JsonSerializerContext;
