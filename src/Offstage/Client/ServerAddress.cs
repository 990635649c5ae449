using Offstage.Server.Hosting;

namespace Offstage.Client;

/// <summary>Where a server is, and what lets one in.</summary>
internal sealed record ServerAddress(Uri Url, string Token)
{
    /// <returns>What the home says; null when no server holds it. Whether one answers there is not known yet.</returns>
    public static ServerAddress? Read(string home)
        => ReadLine(HomeFolder.AddressFile(home)) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var url) && ReadToken(home) is { } token
            ? new ServerAddress(url, token)
            : null;

    public static string? ReadToken(string home) => ReadLine(HomeFolder.TokenFile(home));

    private static string? ReadLine(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
