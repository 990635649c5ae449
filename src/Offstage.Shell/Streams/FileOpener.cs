using System.Globalization;

namespace Offstage.Shell.Streams;

/// <summary>Opens a path: a descriptor of the process under /dev, a device, or a file of the tree.</summary>
internal static class FileOpener
{
    public static FileError Open(
        IFileTree files, DescriptorTable descriptors, string path, FileOpening opening, int mode, long fileBytesMax, out FileDescription? file)
    {
        file = null;
        if (path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            if (DescriptorOf(path) is { } descriptor)
            {
                file = descriptors.Find(descriptor)?.Share();
                return file is null ? FileError.NotFound : FileError.None;
            }

            file = Device.Find(path)?.Share();
            if (file is not null)
                return FileError.None;
            if (path == "/dev/tty")
                return FileError.NoDevice;
        }

        FileError error = files.Open(path, opening, mode, out IFileHandle? handle);
        if (error == FileError.None)
            file = new TreeFile(handle!, opening, fileBytesMax);
        return error;
    }

    /// <summary>Which descriptor a path names; null when it names none.</summary>
    public static int? DescriptorOf(string path)
    {
        switch (path)
        {
            case "/dev/stdin":
                return 0;
            case "/dev/stdout":
                return 1;
            case "/dev/stderr":
                return 2;
            default:
                return path.StartsWith("/dev/fd/", StringComparison.Ordinal)
                    && int.TryParse(path.AsSpan("/dev/fd/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
                    ? descriptor
                    : null;
        }
    }
}
