using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Offstage.Sessions.Api;

/// <summary>The session part of the API, under <c>/v1</c>.</summary>
public static class SessionsApi
{
    public static IEndpointRouteBuilder MapSessionsApi(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/v1/sessions").WithTags("Sessions");
        SessionEndpoints.Map(sessions);
        PromptEndpoints.Map(sessions);
        SiblingEndpoints.Map(sessions);
        EventEndpoints.Map(sessions);
        SocketEndpoint.Map(sessions);
        HistoryEndpoints.Map(sessions);
        EffectEndpoints.Map(routes.MapGroup("/v1/effects").WithTags("Operation"));
        return routes;
    }

    /// <summary>Every call can answer with problem+json; said once, for the OpenAPI document.</summary>
    internal static RouteHandlerBuilder Described(this RouteHandlerBuilder endpoint, string name, string summary, params int[] problems)
    {
        endpoint.WithName(name).WithSummary(summary);
        foreach (int status in (int[])[StatusCodes.Status401Unauthorized, StatusCodes.Status503ServiceUnavailable, .. problems])
            endpoint.Produces<Problem>(status, "application/problem+json");
        return endpoint;
    }
}
