using System.Net.WebSockets;
using System.Text.Json;
using Offstage.Kill.Tests.World;

namespace Offstage.Kill.Tests.Load;

/// <summary>
/// Follows one session over the server's lives, by SSE with Last-Event-ID or by WebSocket with ?after=, and writes down what it saw. Says at
/// once when an event comes twice, out of order, or not at all.
/// </summary>
internal sealed class Subscriber
{
    private readonly KillWorld world;
    private readonly Api api;
    private readonly bool bySocket;
    private readonly SessionWatch watch;
    private readonly CancellationTokenSource ending = new();
    private readonly Task running;

    public Subscriber(KillWorld world, Api api, string session, bool bySocket)
    {
        this.world = world;
        this.api = api;
        this.bySocket = bySocket;
        watch = new SessionWatch(session, bySocket ? "socket" : "stream");
        running = Task.Run(RunAsync);
    }

    public SessionWatch Watch => watch;

    public async Task EndAsync()
    {
        await ending.CancelAsync();
        await running;
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!ending.IsCancellationRequested && !watch.IsOver)
        {
            try
            {
                if (bySocket)
                    await FollowSocketAsync(ending.Token);
                else
                    await FollowStreamAsync(ending.Token);
            }
            catch (Exception e) when (Api.IsLost(e))
            {
                if (!ending.IsCancellationRequested)
                    await Task.Delay(20);
            }
        }
    }

    private async Task FollowStreamAsync(CancellationToken cancellationToken)
    {
        using var response = await api.OpenStreamAsync($"/v1/sessions/{watch.Session}/events", watch.Last, cancellationToken);
        if ((int)response.StatusCode == 404)
        {
            watch.End();
            return;
        }

        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                Take(line["data: ".Length..]);
        }
    }

    private async Task FollowSocketAsync(CancellationToken cancellationToken)
    {
        var url = await world.UrlAsync(cancellationToken);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {world.Token}");
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = $"/v1/sessions/{watch.Session}/stream", Query = $"after={watch.Last}" }.Uri, cancellationToken);
        }
        catch (WebSocketException) when ((int)socket.HttpStatusCode == 404)
        {
            watch.End();
            return;
        }

        while (await ReceiveAsync(socket, cancellationToken) is { } message)
            Take(message);
    }

    private static async Task<JsonElement?> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
                return JsonSerializer.Deserialize<JsonElement>(message.ToArray());
        }
    }

    private void Take(string json) => Take(JsonSerializer.Deserialize<JsonElement>(json));

    private void Take(JsonElement message)
    {
        if (message.TryGetProperty("sequence", out _))
            watch.Take(message);
    }
}
