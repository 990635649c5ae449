using System.Collections;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Offstage.Contracts;
using Offstage.Server;

namespace Offstage.Bench.Servers;

/// <summary>The servers that are measured. Each says its address when it is ready, and ends when its standard input does.</summary>
internal static class MeasuredServers
{
    public static async Task<int> ServeAsync(string home)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)(e.Value ?? ""));
        await using var server = await OffstageServer.StartAsync(
            new ServerOptions
            {
                Home = home,
                Port = 0,
                DefaultAgent = "script",
                Person = new Person("Bench", "bench@offstage.invalid"),
                Environment = environment,
                PathFolders = environment["PATH"].Split(':'),
                TimeProvider = TimeProvider.System,
                Quiet = true,
            },
            CancellationToken.None);
        Console.WriteLine($"ready {server.Url}");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>The least a server of this kind can be: what everything is compared with.</summary>
    public static async Task<int> HelloAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.MapGet("/readyz", () => "hello");
        app.MapPost("/hello", async (HttpContext http) =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            return "hello";
        });
        await app.StartAsync();
        Console.WriteLine($"ready {app.Urls.First()}");
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
