using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Offstage.Server.Hosting;
using Offstage.Sessions;
using Offstage.Sessions.Api;
using Offstage.Sql;

namespace Offstage.Server.Http;

/// <summary>What an operator and a load balancer ask.</summary>
internal static class OperationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("ok\n")).ExcludeFromDescription();
        routes.MapGet("/readyz", async (HttpContext http, ISessionStore store) =>
        {
            await store.PingAsync(http.RequestAborted);
            return TypedResults.Text("ready\n");
        }).ExcludeFromDescription();
        routes.MapGet("/metrics", (SessionRuntime runtime) => TypedResults.Text(Metrics(runtime), "text/plain; version=0.0.4", Encoding.UTF8))
            .ExcludeFromDescription();
        routes.MapGet("/v1/agents", async (HttpContext http, AgentHealth health) =>
        {
            if (http.Request.Query["refresh"] == "true")
                await health.RefreshAsync(http.RequestAborted);
            return TypedResults.Json(new AgentPage(health.Views), ServerJson.Default.AgentPage);
        }).Produces<AgentPage>().WithName("listAgents").WithTags("Operation")
            .WithSummary("The agents this server offers, and whether each is usable: as looked at last, or, with refresh=true, now.");
    }

    private static string Metrics(SessionRuntime runtime)
    {
        var text = new StringBuilder();
        void Gauge(string name, string help, long value) => text.Append(
            CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
        Gauge("offstage_agents_live", "Agent processes of this host.", runtime.LiveAgentCount);
        Gauge("offstage_subscribers", "Subscribers of event streams.", runtime.Hub.SubscriberCount);
        Gauge("offstage_memory_working_set_bytes", "Memory of the server process.", System.Diagnostics.Process.GetCurrentProcess().WorkingSet64);
        return text.ToString();
    }
}
