using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

internal sealed class CdBuiltin : IBuiltin
{
    public string Name => "cd";

    public string Usage => "cd [-L|[-P [-e]] [-@]] [dir]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("LPe@", out int next, out int status) is not { } options)
            return status;
        ShellProcess process = call.Process;
        bool physical = options.LastOrDefault(o => o.Letter is 'L' or 'P').Letter is var letter && (letter == 'P' || (letter == '\0' && process.Options.Get("physical")));
        if (call.Arguments.Count > next + 1)
        {
            call.Complain("too many arguments");
            return 1;
        }

        bool prints = false;
        string target;
        if (next == call.Arguments.Count)
        {
            if (process.Variables.Value("HOME") is not { } home)
            {
                call.Complain("HOME not set");
                return 1;
            }

            target = home;
        }
        else if (call.Arguments[next] == "-")
        {
            if (process.Variables.Value("OLDPWD") is not { } old)
            {
                call.Complain("OLDPWD not set");
                return 1;
            }

            target = old;
            prints = true;
        }
        else
        {
            target = call.Arguments[next];
        }

        if (target.Length == 0)
            return 0;
        FileError error = FileError.NotFound;
        if (FromCdPath(process, target) is { } found && Change(process, found.Path, physical) == FileError.None)
        {
            if (found.Shown)
                call.WriteLine(process.WorkingDirectory);
            return 0;
        }

        error = Change(process, target, physical);
        if (error == FileError.None)
        {
            if (prints)
                call.WriteLine(process.WorkingDirectory);
            return 0;
        }

        if (process.Options.Shopt("cdable_vars") && process.Variables.Value(target) is { Length: > 0 } named && Change(process, named, physical) == FileError.None)
        {
            call.WriteLine(process.WorkingDirectory);
            return 0;
        }

        call.Complain($"{target}: {error.Message()}");
        return 1;
    }

    private static (string Path, bool Shown)? FromCdPath(ShellProcess process, string target)
    {
        if (target[0] == '/' || target is "." or ".." || target.StartsWith("./", StringComparison.Ordinal) || target.StartsWith("../", StringComparison.Ordinal))
            return null;
        if (process.Variables.Value("CDPATH") is not { Length: > 0 } path)
            return null;
        foreach (string directory in path.Split(':'))
        {
            string candidate = directory.Length == 0 ? target : PathText.Join(directory, target);
            if (process.Files.Stat(PathText.Absolute(process.WorkingDirectory, candidate), true, out FileStatus status) == FileError.None && status.IsDirectory)
                return (candidate, directory.Length > 0);
        }

        return null;
    }

    /// <summary>Changes the working directory with all that goes with it.</summary>
    public static FileError Change(ShellProcess process, string target, bool physical)
    {
        string path = PathText.Absolute(process.WorkingDirectory, target);
        FileError error = process.Files.Stat(path, true, out FileStatus status);
        if (error == FileError.None && !status.IsDirectory)
            error = FileError.NotDirectory;
        if (error != FileError.None)
            return error;
        string logical = PathText.Normalize(path);
        // The text alone may lead elsewhere than the links do; then the links count.
        string directory = physical || !SameFile(process, logical, status) ? Physical(process, path) : logical;
        process.Variables.Assign("OLDPWD", process.WorkingDirectory);
        process.WorkingDirectory = directory;
        process.Variables.Assign("PWD", directory);
        return FileError.None;
    }

    /// <summary>A path with all symbolic links resolved.</summary>
    public static string Physical(ShellProcess process, string path)
    {
        string resolved = "/";
        var rest = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            if (part == ".")
                continue;
            if (part == "..")
            {
                resolved = PathText.Directory(resolved);
                continue;
            }

            string next = PathText.Join(resolved, part);
            if (process.Files.ReadLink(next, out string target) == FileError.None && ++links <= 40)
            {
                if (target.StartsWith('/'))
                    resolved = "/";
                foreach (string piece in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                    rest.Push(piece);
                continue;
            }

            resolved = next;
        }

        return resolved;
    }

    private static bool SameFile(ShellProcess process, string path, FileStatus status)
        => process.Files.Stat(path, true, out FileStatus other) == FileError.None && other.IsSameFile(status);
}

internal sealed class PwdBuiltin : IBuiltin
{
    public string Name => "pwd";

    public string Usage => "pwd [-LP]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("LP", out _, out int status) is not { } options)
            return status;
        bool physical = options.Count > 0 ? options[^1].Letter == 'P' : call.Process.Options.Get("physical");
        call.WriteLine(physical ? CdBuiltin.Physical(call.Process, call.Process.WorkingDirectory) : call.Process.WorkingDirectory);
        return 0;
    }
}
