using System.Diagnostics;
using System.Text.Json;
using Offstage.Agents.Codex;
using Offstage.Agents.Tests.Processes;

namespace Offstage.Agents.Tests.Codex;

public sealed class CodexProtocolTests
{
    private static readonly (string File, string Kind)[] Bundles =
    [
        ("ClientRequest.json", "client-request"),
        ("ClientNotification.json", "client-notification"),
        ("ServerRequest.json", "server-request"),
        ("ServerNotification.json", "server-notification"),
    ];

    [Fact]
    public async Task The_installed_protocol_has_the_methods_that_this_adapter_was_written_against()
    {
        var adapter = new CodexAdapter(new CodexOptions { Program = Requires.Agent("codex") }, Probes.Shared, TimeProvider.System);
        var installation = await adapter.InspectAsync(new Dictionary<string, string>(), TestContext.Current.CancellationToken);
        Assert.Equal(CodexProtocol.Version, installation.Version);
        var folder = Path.Combine(AppContext.BaseDirectory, "codex-schema");
        Directory.CreateDirectory(folder);
        var info = new ProcessStartInfo(
            Path.Combine(installation.ReadOnlyPaths[0], "bin", "codex"), ["app-server", "generate-json-schema", "--out", folder]);
        info.Environment.Clear();
        info.Environment["HOME"] = folder;

        using var process = Process.Start(info)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(ReadPinned(), Bundles.SelectMany(bundle => MethodsOf(folder, bundle)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_readme_says_of_every_server_message_what_becomes_of_it()
    {
        var readme = File.ReadAllText(SourcePath("README.md"));

        var missing = ReadPinned().Where(line => line.StartsWith("server-", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[1]).Where(method => !readme.Contains($"`{method}`", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static IEnumerable<string> MethodsOf(string folder, (string File, string Kind) bundle) =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(folder, bundle.File))).GetProperty("oneOf").EnumerateArray()
            .Select(one => $"{bundle.Kind} {one.GetProperty("properties").GetProperty("method").GetProperty("enum")[0].GetString()}");

    private static string[] ReadPinned() => File.ReadAllLines(SourcePath("protocol-methods.txt"));

    private static string SourcePath(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Offstage.slnx")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "src", "Offstage.Agents", "Codex", name);
    }
}
