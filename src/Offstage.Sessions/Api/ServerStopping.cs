namespace Offstage.Sessions.Api;

/// <summary>Streams end when the server stops: they have no end of their own.</summary>
public sealed record ServerStopping(CancellationToken Token);
