using Offstage.Processes;

namespace Offstage.Sandboxes.Process;

/// <summary>Turns what is to run in a sandbox into a child of the server: walls, limits, environment.</summary>
/// <remarks>The chain is <c>sh</c> (joins the control groups) → <c>bwrap</c> or <c>setpriv</c> → the program, each executing
/// the next in its place, so that there is one process fewer to lose.</remarks>
internal sealed class Launcher(ProcessSandboxOptions options, Cgroups cgroups, string? bubblewrap, string markerRoot)
{
    private readonly string path = string.Join(':', options.PathFolders);
    private readonly HostFiles hostFiles = new(options.RootFolder);
    private readonly string? setpriv = ProgramPath.Find("setpriv", options.PathFolders);

    /// <param name="tag">Marks this one start among the others of the sandbox.</param>
    /// <exception cref="SandboxException"><c>program_not_found</c>.</exception>
    public ChildSpec Build(SandboxRecord record, SandboxFolders folders, ProcessSpec spec, string tag)
    {
        bool isWalled = record.Isolation == Isolation.Bubblewrap;
        Dictionary<string, string> environment = Environment(record, folders, spec, tag);
        string workingDirectory = spec.WorkingDirectory ?? (isWalled ? InnerPaths.Workspace : folders.Workspace);
        RequireProgram(record, folders, spec.Command, environment["PATH"], workingDirectory);

        IReadOnlyList<string> wall = isWalled ? Bubblewrap(record, folders, workingDirectory)
            : setpriv is not null ? [setpriv, "--pdeathsig", "KILL", "--"]
            : [];
        return new ChildSpec
        {
            Program = "/bin/sh",
            Arguments = ["-c", JoinScript(record), "sh", .. wall, .. spec.Command],
            Environment = environment,
            WorkingDirectory = isWalled ? "/" : workingDirectory,
            PipesStandardInput = true,
            NewSession = true,
            HasStatusPipe = isWalled,
        };
    }

    // The environment is handed to bubblewrap as it shall be inside, not as --setenv: arguments can be read by every user of
    // the machine, and the marker must also be on bubblewrap's own processes.
    private Dictionary<string, string> Environment(SandboxRecord record, SandboxFolders folders, ProcessSpec spec, string tag)
    {
        bool isWalled = record.Isolation == Isolation.Bubblewrap;
        Dictionary<string, string> environment = new(options.HostEnvironment)
        {
            ["PATH"] = path,
            ["HOME"] = isWalled ? InnerPaths.Home : folders.Home,
            ["TMPDIR"] = isWalled ? TempOf(record) : folders.Temp,
            ["LANG"] = "C.UTF-8",
            ["USER"] = "agent",
        };
        foreach (var (name, value) in spec.Environment)
            environment[name] = value;
        environment[Markers.Sandbox] = record.Sandbox;
        environment[Markers.Root] = markerRoot;
        environment[Markers.Process] = tag;
        return environment;
    }

    private static string TempOf(SandboxRecord record) => InnerPaths.TempOf(record.ReadOnlyPaths.Concat(record.WritablePaths));

    private string JoinScript(SandboxRecord record)
    {
        IReadOnlyList<string> joins = cgroups.Prepare(new(record.Sandbox), record.Limits);
        string limits = cgroups.LimitsMemory ? "" : $"ulimit -d {record.Limits.MemoryBytesMax / 1024}; ";
        string join = string.Concat(joins.Select(file => $"echo 0 > '{file}' || exit 125; "));
        return $"{limits}{join}exec \"$@\"";
    }

    private List<string> Bubblewrap(SandboxRecord record, SandboxFolders folders, string workingDirectory)
    {
        List<string> arguments =
        [
            bubblewrap ?? throw new SandboxException("sandbox_unavailable", CapabilityProbe.HowToGetBubblewrap, retryable: false),
            "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--json-status-fd", "3",
        ];
        if (record.Network == NetworkAccess.Full)
            arguments.Add("--share-net");
        arguments.AddRange(hostFiles.Arguments);
        arguments.AddRange(["--proc", "/proc", "--dev", "/dev", "--dir", "/run", "--dir", "/var"]);

        string temp = TempOf(record);
        if (temp != InnerPaths.Temp)
            arguments.AddRange(["--perms", "1777", "--tmpfs", InnerPaths.Temp]);

        // Shorter paths first: a path below another one is mounted into it.
        foreach (string declared in record.ReadOnlyPaths.Order(StringComparer.Ordinal))
            arguments.AddRange(["--ro-bind", declared, declared]);
        foreach (string declared in record.WritablePaths.Order(StringComparer.Ordinal))
            arguments.AddRange(["--bind", declared, declared]);
        arguments.AddRange(["--bind", folders.Temp, temp, "--bind", folders.Home, InnerPaths.Home]);
        arguments.AddRange(["--bind", folders.Workspace, InnerPaths.Workspace]);
        if (record.Worktree is not null)
        {
            // X5: the workspace's own .git names a git directory of the host; inside it can neither be read nor replaced.
            arguments.AddRange(["--ro-bind", folders.DotGit, $"{InnerPaths.Workspace}/.git", "--bind", folders.PrivateGit, InnerPaths.Git]);
            foreach (var (inner, host) in record.ObjectDirectories)
                arguments.AddRange(["--ro-bind", host, inner]);
        }

        arguments.AddRange(["--remount-ro", "/", "--chdir", workingDirectory, "--"]);
        return arguments;
    }

    // Bubblewrap reports a missing program only on its standard error; looking first gives a caller a code to act on.
    private static void RequireProgram(
        SandboxRecord record, SandboxFolders folders, IReadOnlyList<string> command, string searchPath, string workingDirectory)
    {
        if (command.Count == 0)
            throw new SandboxException("program_not_found", $"{record.Sandbox} was given an empty command", retryable: false);
        string program = command[0];
        IEnumerable<string> candidates = program.Contains('/', StringComparison.Ordinal)
            ? [Path.Combine(workingDirectory, program)]
            : searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program));
        if (!candidates.Any(candidate => MayExist(record, folders, Path.GetFullPath(candidate))))
            throw new SandboxException("program_not_found", $"{program} is not installed where {record.Sandbox} can see it (PATH is {searchPath})", retryable: false);
    }

    // A link inside may point to where only the sandbox sees; it counts as there, and the kernel decides.
    private static bool MayExist(SandboxRecord record, SandboxFolders folders, string inner)
        => ToHost(record, folders, inner) is { } host && (Path.Exists(host) || new FileInfo(host).LinkTarget is not null);

    private static string? ToHost(SandboxRecord record, SandboxFolders folders, string inner)
    {
        if (record.Isolation == Isolation.None)
            return inner;
        (string Inner, string Host)[] binds =
            [(InnerPaths.Workspace, folders.Workspace), (InnerPaths.Home, folders.Home), (TempOf(record), folders.Temp)];
        foreach (var bind in binds)
        {
            if (InnerPaths.IsUnder(inner, bind.Inner))
                return bind.Host + inner[bind.Inner.Length..];
        }

        bool isSame = HostFiles.Covers(inner)
            || record.ReadOnlyPaths.Concat(record.WritablePaths).Any(declared => InnerPaths.IsUnder(inner, declared));
        return isSame ? inner : null;
    }
}
