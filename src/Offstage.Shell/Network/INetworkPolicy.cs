namespace Offstage.Shell;

/// <summary>Decides what scripts may reach, and carries it out. Without one a shell has no network and no <c>curl</c>.</summary>
/// <remarks>Safe from several threads. Give it to a shell with <see cref="CommandRegistry.WithNetwork"/>.</remarks>
public interface INetworkPolicy
{
    /// <summary>Asked before each request, and anew for each redirect.</summary>
    NetworkDecision Decide(NetworkRequest request);

    /// <summary>Sends allowed requests. It must not follow redirects, use cookies of its own, or know a proxy that the policy does not want. Not disposed by the shell.</summary>
    HttpMessageHandler Handler { get; }
}

/// <param name="Method">In capitals.</param>
/// <param name="Url">Absolute; http or https.</param>
public sealed record NetworkRequest(string Method, Uri Url);

public abstract record NetworkDecision
{
    private NetworkDecision() { }

    public sealed record Allowed : NetworkDecision;

    /// <param name="Reason">For the script to read.</param>
    public sealed record Denied(string Reason) : NetworkDecision;
}
