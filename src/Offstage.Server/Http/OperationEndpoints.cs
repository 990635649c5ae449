using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Offstage.Sessions;
using Offstage.Sessions.Api;
using Offstage.Sessions.Effects;
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
        routes.MapGet("/v1/agents", async (HttpContext http, AgentCatalog catalog) =>
        {
            var agents = new List<AgentView>();
            foreach (var offer in catalog.Offers)
            {
                var found = await offer.Adapter.InspectAsync(offer.Environment, http.RequestAborted);
                agents.Add(new AgentView(offer.Adapter.Name, found.Version, found.Unusable));
            }

            return TypedResults.Json(new AgentPage(agents), ServerJson.Default.AgentPage);
        }).Produces<AgentPage>().WithName("listAgents").WithSummary("The agents this server offers, and whether each is usable.").WithTags("Operation");
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

/// <param name="Unusable">Null when usable; otherwise why, and how to get it.</param>
public sealed record AgentView(string Name, string? Version, string? Unusable);

public sealed record AgentPage(IReadOnlyList<AgentView> Agents);
