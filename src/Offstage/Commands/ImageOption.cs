using System.CommandLine;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>--image FILE</c>, more than once where there are several.</summary>
internal static class ImageOption
{
    public static Option<string[]> Make() => new("--image") { Description = "An image to go with it, once for each: PNG, JPEG, GIF or WebP.", HelpName = "FILE" };

    /// <returns>Null when none was given.</returns>
    public static async Task<IReadOnlyList<AttachmentBody>?> ReadAsync(string[]? files, CancellationToken cancellationToken)
    {
        if (files is null or [])
            return null;
        var images = new List<AttachmentBody>();
        foreach (string file in files)
        {
            try
            {
                images.Add(new AttachmentBody(Path.GetFileName(file), await File.ReadAllBytesAsync(file, cancellationToken)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CommandException.Usage("image_unreadable", $"{file} cannot be read: {e.Message}");
            }
        }

        return images;
    }
}
