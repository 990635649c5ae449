namespace Offstage.Shell;

/// <summary>Paths as text, without looking at any tree.</summary>
public static class PathText
{
    /// <summary>The absolute form of a path; a relative one stands under the working directory. Nothing is resolved.</summary>
    public static string Absolute(string workingDirectory, string path)
        => path.StartsWith('/') ? path : path.Length == 0 ? path : Join(workingDirectory, path);

    public static string Join(string directory, string name)
        => directory.EndsWith('/') ? directory + name : $"{directory}/{name}";

    /// <summary>Removes <c>.</c>, <c>..</c> and doubled slashes by the text alone, as <c>cd -L</c> does.</summary>
    public static string Normalize(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                    parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>The last component; trailing slashes do not count. <c>/</c> for the root, empty for the empty path.</summary>
    public static string Name(string path)
    {
        int end = path.Length;
        while (end > 1 && path[end - 1] == '/')
            end--;
        if (end <= 1)
            return path[..end];
        return path[(path.LastIndexOf('/', end - 1) + 1)..end];
    }

    /// <summary>What stands before the last component: <c>.</c> when there is nothing, <c>/</c> for the root.</summary>
    public static string Directory(string path)
    {
        int end = path.Length;
        while (end > 1 && path[end - 1] == '/')
            end--;
        int slash = end == 0 ? -1 : path.LastIndexOf('/', end - 1);
        if (slash < 0)
            return ".";
        while (slash > 0 && path[slash - 1] == '/')
            slash--;
        return slash == 0 ? "/" : path[..slash];
    }
}
