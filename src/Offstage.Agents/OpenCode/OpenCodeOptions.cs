using System.Net;
using System.Net.Sockets;

namespace Offstage.Agents.OpenCode;

public sealed record OpenCodeOptions
{
    /// <summary>The program on the host: npm's <c>opencode</c>, or the native program. Null: searched in <see cref="SearchFolders"/>.</summary>
    public string? Program { get; init; }

    /// <summary>Where to look for <c>opencode</c>, in order: usually the PATH.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [];

    /// <summary>An endpoint of one's own. Null: Anthropic and OpenAI by the keys in the environment, with the models that this version
    /// of OpenCode knows of.</summary>
    public OpenCodeModelProvider? ModelProvider { get; init; }

    /// <summary>How long the program may take until its conversation is open. Default 60 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Opens a connection to a port that the agent listens at on its own loopback. The default connects on this machine, and so needs a
    /// sandbox that shares the host's network; one with a network of its own needs another way in.
    /// </summary>
    public Func<int, CancellationToken, ValueTask<Stream>> ConnectAsync { get; init; } = ConnectLoopbackAsync;

    private static async ValueTask<Stream> ConnectLoopbackAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An endpoint that speaks OpenAI's Chat Completions API.</summary>
public sealed record OpenCodeModelProvider
{
    public required string BaseUrl { get; init; }

    /// <summary>Name of the variable that holds the key; it comes with <see cref="AgentStart.Environment"/>. Null: none is sent.</summary>
    public string? KeyVariable { get; init; } = "OPENAI_API_KEY";

    /// <summary>What it serves: OpenCode takes no model that was not declared at its start. The model of the start is always among them.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
}
