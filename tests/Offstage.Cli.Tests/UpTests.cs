using System.Text.Json;

namespace Offstage.Cli.Tests;

/// <summary><c>offstage up</c>, and commands that find it.</summary>
public sealed class UpTests : IDisposable
{
    private readonly CliWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task A_server_serves_until_it_is_told_to_stop_and_is_alone_in_its_home()
    {
        var up = await world.UpAsync(0);
        Assert.Contains($"token  {world.Home}/token", up.Output);

        var second = await world.OffstageAsync("up", "--port", "0");
        Assert.True(second.ExitCode == 1, second.ToString());
        Assert.StartsWith($"offstage: Another Offstage server holds {world.Home} already, at http://127.0.0.1:", second.Error);
        Assert.EndsWith("[home_in_use]\n", second.Error);

        up.Terminate();
        var stopped = await up.EndAsync();
        Assert.True(stopped.ExitCode == 0, stopped.ToString());
        Assert.False(File.Exists(Path.Combine(world.Home, "server-url")));
    }

    [Fact]
    public async Task A_taken_port_is_said_to_be_taken()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        var result = await world.OffstageAsync("up", "--port", $"{port}");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("[port_in_use]", result.Error);
    }

    [Fact]
    public async Task A_run_uses_the_server_that_holds_the_home()
    {
        var up = await world.UpAsync(0);

        var result = await world.OffstageAsync("run", "--agent", "script", "echo hi > hi.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("", result.Error);
        Assert.Contains("1 file changed", result.Output);
        up.Terminate();
        await up.EndAsync();
    }

    [Fact]
    public async Task A_request_is_answered_from_another_terminal()
    {
        var up = await world.UpAsync(0);
        var asked = await world.OffstageAsync("run", "--agent", "script", "@ask which one?");
        Assert.True(asked.ExitCode == 2, asked.ToString());
        Assert.Contains("answer:  offstage answer ", asked.Output);
        var logs = world.Start("logs", "last", "-f");
        await logs.SeesAsync("? which one?");

        var answered = await world.OffstageAsync("answer", "last", "--text", "the second");

        Assert.True(answered.ExitCode == 0, answered.ToString());
        await logs.SeesAsync("✓ completed");
        Assert.Contains("the second", logs.Output);
        logs.Interrupt();
        Assert.Equal(0, (await logs.EndAsync()).ExitCode);
        up.Terminate();
        await up.EndAsync();
    }

    [Fact]
    public async Task Logs_go_on_over_a_restart_of_the_server_without_gap_or_duplicate()
    {
        int port = CliWorld.FreePort();
        var up = await world.UpAsync(port);
        await world.OffstageAsync("run", "--agent", "script", "echo one > one.txt");
        var logs = world.Start("logs", "last", "-f", "--json");
        await logs.SeesAsync("\"branch.committed\"");

        up.Terminate();
        Assert.Equal(0, (await up.EndAsync()).ExitCode);
        await logs.SeesErrorAsync("The connection to the server is gone");
        up = await world.UpAsync(port);
        var asked = await world.OffstageAsync("prompt", "last", "echo two > two.txt");
        Assert.True(asked.ExitCode == 0, asked.ToString());
        await logs.SeesAsync("\"branch.committed\"", times: 2);
        logs.Interrupt();
        var result = await logs.EndAsync();

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("The server is back.", result.Error);
        var sequences = result.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .Where(e => e.TryGetProperty("sequence", out _)).Select(e => e.GetProperty("sequence").GetInt64()).ToList();
        Assert.Equal(Enumerable.Range(1, sequences.Count).Select(n => (long)n), sequences);
        up.Terminate();
        await up.EndAsync();
    }
}
