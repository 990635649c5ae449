using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Offstage.Sessions.Api;

namespace Offstage.Server.Http;

/// <summary>Lets in who carries the token, and no page of another origin.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessPolicy policy)
{
    private static readonly string[] Open = ["/healthz", "/readyz"];

    public Task InvokeAsync(HttpContext context)
    {
        RequireHost(context.Request);
        RequireOrigin(context.Request);
        if (!Open.Contains(context.Request.Path.Value) && !policy.IsToken(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new ApiProblemException(
                StatusCodes.Status401Unauthorized, "unauthorized", "Authorization: Bearer with the token of the server is wanted.");
        }

        return next(context);
    }

    /// <summary>A name that somebody points at this address must not make a browser talk to it (DNS rebinding).</summary>
    private void RequireHost(HttpRequest request)
    {
        if (!policy.IsHost(request.Host.Host))
            throw new ApiProblemException(StatusCodes.Status421MisdirectedRequest, "host_not_served", "This server does not answer to that host name.");
    }

    private static void RequireOrigin(HttpRequest request)
    {
        if (request.Headers.Origin.Count == 0)
            return;
        string own = $"{request.Scheme}://{request.Host.Value}";
        if (request.Headers.Origin.Count > 1 || !string.Equals(request.Headers.Origin[0], own, StringComparison.OrdinalIgnoreCase))
            throw new ApiProblemException(StatusCodes.Status403Forbidden, "origin_refused", "Pages of other origins are not let in.");
    }
}

/// <summary>Who is let in.</summary>
/// <param name="token">What a client must carry.</param>
/// <param name="boundHost">The address the server was told to bind.</param>
internal sealed class AccessPolicy(string token, string boundHost)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public bool IsToken(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        return header.Count == 1
            && header[0] is { } value
            && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(value[Scheme.Length..].Trim())));
    }

    public bool IsHost(string host)
        => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || string.Equals(host, boundHost, StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && (IPAddress.IsLoopback(address) || IPAddress.TryParse(boundHost, out _)));
}
