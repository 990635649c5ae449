using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Offstage.Testing;

/// <summary>
/// A private PostgreSQL server in a temporary folder, listening on loopback only. A shell holds it and reads this process
/// over a pipe: when the pipe ends, however that came about, the server is killed and its folder removed.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly SemaphoreSlim SharedGate = new(1, 1);
    private static PostgresServer? shared;

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Process shell;
    private readonly string data;
    private int databases;

    private PostgresServer(Process shell, string data, int port)
    {
        this.shell = shell;
        this.data = data;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Null when PostgreSQL is installed; otherwise what is missing.</summary>
    public static string? WhyUnavailable => FindBinaries() is null ? "PostgreSQL's initdb and postgres were not found" : null;

    /// <summary>The server of this test process, started by whoever asks first and stopped when the process ends.</summary>
    public static async Task<PostgresServer> GetSharedAsync(CancellationToken cancellationToken)
    {
        await SharedGate.WaitAsync(cancellationToken);
        try
        {
            return shared ??= await StartAsync(cancellationToken);
        }
        finally
        {
            SharedGate.Release();
        }
    }

    /// <summary>A server of one's own, for tests that kill it.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        string binaries = FindBinaries() ?? throw new InvalidOperationException(WhyUnavailable);
        string folder = Path.Combine(Path.GetTempPath(), $"offstage-pg-{Guid.NewGuid():n}");
        int port = FindFreePort();
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            ArgumentList = { "-c", PostgresServerScript.Text, "offstage-postgres", binaries, folder, port.ToString() },
        };
        var shell = Process.Start(start)!;
        var server = new PostgresServer(shell, Path.Combine(folder, "data"), port);
        try
        {
            await server.AskAsync(null, "ready", cancellationToken);
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <returns>A connection string to a database nobody else uses.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        string name = $"t{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // A counter.
        await using var command = new NpgsqlCommand($"create database {name} template template0 encoding 'UTF8'", connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
        return ConnectionString(name);
    }

    /// <summary>Kills the server and every process of it at once, as a power cut would.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => AskAsync("kill", "killed", cancellationToken);

    /// <summary>Starts it on the same port and data. Returns when it takes connections.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await AskAsync("start", "started", cancellationToken);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (!await TryConnectAsync(stop.Token))
            await Task.Delay(50, stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
        gate.Dispose();
    }

    private string ConnectionString(string database)
        => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Pooling={(database == "postgres" ? "false" : "true")}";

    private async Task AskAsync(string? tell, string answer, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (tell is not null)
                await shell.StandardInput.WriteLineAsync(tell.AsMemory(), cancellationToken);
            string? line = await shell.StandardOutput.ReadLineAsync(cancellationToken);
            if (line != answer)
                throw new InvalidOperationException($"The PostgreSQL shell said '{line}' where '{answer}' was expected");
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Whether the server that answers on the port is this one.</summary>
    private async Task<bool> TryConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("show data_directory", connection);
            return await command.ExecuteScalarAsync(cancellationToken) is string directory && directory == data
                ? true
                : throw new InvalidOperationException($"Another server answers on port {Port}");
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static string? FindBinaries()
    {
        string[] installed = Directory.Exists("/usr/lib/postgresql")
            ? [.. Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))]
            : [];
        string[] onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return installed.Concat(onPath).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
