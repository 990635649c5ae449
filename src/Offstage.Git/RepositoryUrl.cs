using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Offstage.Git;

/// <summary>Which URLs are handed to git.</summary>
public static partial class RepositoryUrl
{
    private static readonly string[] schemes = ["https://", "ssh://", "git://", "file:///"];

    /// <summary>https, ssh, git, file, or <c>user@host:path</c>.</summary>
    /// <remarks>Git reads <c>ext::command</c> as a program to run and a leading <c>-</c> as an option.</remarks>
    public static bool IsAllowed(string url)
        => url.Length is > 0 and <= 2048
            && !url.StartsWith('-')
            && !url.Contains("::", StringComparison.Ordinal)
            && !url.Any(char.IsControl)
            && (schemes.Any(scheme => url.StartsWith(scheme, StringComparison.Ordinal) && url.Length > scheme.Length && url[scheme.Length] != '-')
                || ScpLike().IsMatch(url));

    /// <summary>Without user and password, for messages.</summary>
    internal static string WithoutSecrets(string url)
        => Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) && parsed.UserInfo.Length > 0
            ? url.Replace($"{parsed.UserInfo}@", "", StringComparison.Ordinal)
            : url;

    /// <summary>A folder name for the clone of a URL.</summary>
    internal static string FolderName(string url)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)))[..32];

    [GeneratedRegex(@"^([A-Za-z0-9_][A-Za-z0-9_.\-]*@)?[A-Za-z0-9][A-Za-z0-9.\-]*:(?!/{2})[^\s\-][^\s]*$")]
    private static partial Regex ScpLike();
}
