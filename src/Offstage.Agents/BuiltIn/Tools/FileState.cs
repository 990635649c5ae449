using System.Text;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>What stands at a path.</summary>
internal abstract record FileState
{
    private FileState(bool isInside) => IsInside = isInside;

    /// <summary>In the workspace, through all links, and not in its <c>.git</c>: hooks there are as good as commands.</summary>
    public bool IsInside { get; }

    /// <param name="Sum">Tells this content from another.</param>
    public sealed record Present(byte[] Content, string Sum, bool IsInside) : FileState(IsInside)
    {
        /// <summary>Null when it is not UTF-8 text.</summary>
        public string? Text { get; } = TextOf(Content);

        private static string? TextOf(byte[] content)
        {
            try
            {
                return content.Contains((byte)0) ? null : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }

    public sealed record Missing(bool IsInside) : FileState(IsInside);

    /// <param name="Why">A sentence.</param>
    public sealed record Unusable(string Why, bool IsInside) : FileState(IsInside);
}
