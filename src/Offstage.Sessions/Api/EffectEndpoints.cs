using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Offstage.Contracts;
using Offstage.Delivery;

namespace Offstage.Sessions.Api;

/// <summary>What was given up: for an operator to see and to have tried again (D1).</summary>
internal static class EffectEndpoints
{
    public static void Map(RouteGroupBuilder effects)
    {
        effects.MapGet("/dead", async (HttpContext http, IEffectDelivery delivery) =>
            {
                var dead = await delivery.ListDeadAsync(RequestInput.Number(http, "limit", 100, 1, 1000), http.RequestAborted);
                return new DeadEffectPage([.. dead.Select(d => new DeadEffectView(
                    d.Entry.Effect, d.Entry.Session, d.Entry.Kind, d.Entry.Attempts, d.Error, d.DeadAt))]);
            }).Produces<DeadEffectPage>()
            .Described("listDeadEffects", "Effects that were given up.", 400);
        effects.MapPost("/{effectId}/retry", async (HttpContext http, string effectId, IEffectDelivery delivery) =>
            {
                bool found = effectId.Length <= 200 && await delivery.RetryDeadAsync(new EffectId(effectId), http.RequestAborted);
                return found ? TypedResults.Accepted((string?)null) : throw ApiProblemException.NotFound("effect");
            }).Produces(202)
            .Described("retryEffect", "Tries a given-up effect again.", 404);
    }
}
