namespace Offstage.Processes;

/// <summary>Finds programs as a shell would, in folders that are given rather than inherited.</summary>
public static class ProgramPath
{
    /// <returns>An absolute path, or null when no folder has an executable file of that name.</returns>
    public static string? Find(string program, IEnumerable<string> folders)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return Path.IsPathFullyQualified(program) && IsExecutable(program) ? program : null;
        foreach (string folder in folders)
        {
            string candidate = Path.Combine(folder, program);
            if (IsExecutable(candidate))
                return candidate;
        }

        return null;
    }

    private static bool IsExecutable(string path)
        => File.Exists(path) && Native.Access(path, Native.MayExecute) == 0;
}
