using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Offstage.ModelServer.Wires;

namespace Offstage.ModelServer;

/// <summary>
/// A stand-in for model endpoints on loopback: deterministic, it does what the prompt says line by line
/// (see <see cref="ModelScript"/>). For tests and demonstrations that run real agents without a real model.
/// </summary>
/// <remarks>Speaks the parts of the APIs that the agents here use: one <see cref="IModelWire"/> each.</remarks>
public sealed class FakeModelServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<JsonElement> requests = new();

    private FakeModelServer(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        app = builder.Build();
        foreach (var wire in (IModelWire[])[new ResponsesWire(), new MessagesWire(), new ChatCompletionsWire()])
            app.MapPost(wire.Path, context => RespondAsync(context, wire));
        app.MapPost("/v1/messages/count_tokens", () => Results.Json(new { input_tokens = 100 }));
        app.MapGet("/v1/models", () => Results.Json(new { data = Array.Empty<object>(), models = Array.Empty<object>() }));
    }

    /// <summary>For the agent's settings: <c>http://127.0.0.1:PORT/v1</c>.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>The bodies of all requests so far.</summary>
    public IReadOnlyCollection<JsonElement> Requests => requests;

    /// <param name="port">0 takes a free one.</param>
    public static async Task<FakeModelServer> StartAsync(int port = 0)
    {
        var server = new FakeModelServer(port);
        await server.app.StartAsync();
        var addresses = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.BaseUrl = addresses.Addresses.Single().TrimEnd('/') + "/v1";
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // Streams that hang on purpose end here; the server would wait for them.
        await stopping.CancelAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        stopping.Dispose();
    }

    private async Task RespondAsync(HttpContext context, IModelWire wire)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        try
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: stop.Token);
            requests.Enqueue(body);
            var stream = wire.Open(context, body, stop.Token);
            foreach (var step in ModelScript.NextSteps(wire.Read(body)))
                await step.RunAsync(context, stream, stop.Token);
            await stream.CompleteAsync();
        }
        catch (OperationCanceledException)
        {
            // The agent went away, or the server stops.
        }
    }
}
