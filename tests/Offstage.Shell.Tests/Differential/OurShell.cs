using System.Text;

namespace Offstage.Shell.Tests.Differential;

/// <summary>Runs a case by our shell over a memory tree.</summary>
internal static class OurShell
{
    public static Observation Run(CorpusCase test)
    {
        var tree = new MemoryFileTree(TimeProvider.System);
        foreach (string directory in (string[])["/w", "/home", "/tmp"])
            tree.MakeDirectory(directory, directory == "/tmp" ? 0b1_111_111_111 : 0b111_101_101);
        foreach (CorpusFile file in test.Files)
            Put(tree, file);
        using var shell = new BashShell(new ShellSettings
        {
            Files = tree,
            Time = TimeProvider.System,
            WorkingDirectory = "/w",
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/home" },
            UserId = 0,
            UserName = "root",
            Limits = new ShellLimits { WallTime = TimeSpan.FromSeconds(10) },
        });
        var output = new StringBuilder();
        var error = new StringBuilder();
        ExitStatus status = shell.Run(new ShellRun
        {
            Script = Encoding.Latin1.GetBytes(test.Script),
            Input = Encoding.Latin1.GetBytes(test.Input),
            Output = bytes => output.Append(Encoding.Latin1.GetString(bytes.Span)),
            Error = bytes => error.Append(Encoding.Latin1.GetString(bytes.Span)),
        }, TestContext.Current.CancellationToken);
        string lastLine = status.Stop is { } stop ? $"stopped: {stop.Message}" : Observation.LastLine(error.ToString());
        return new Observation(output.ToString(), lastLine, status.Code, Describe(tree));
    }

    private static void Put(MemoryFileTree tree, CorpusFile file)
    {
        string path = "/w";
        string[] parts = file.Path.Split('/');
        foreach (string part in parts[..^1])
        {
            path += "/" + part;
            tree.MakeDirectory(path, 0b111_101_101);
        }

        Assert.Equal(FileError.None, tree.Open($"{path}/{parts[^1]}", FileOpening.Write | FileOpening.Create | FileOpening.Truncate, file.Mode, out IFileHandle? handle));
        handle!.WriteAt(0, Encoding.Latin1.GetBytes(file.Content));
        handle.Dispose();
    }

    private static string Describe(MemoryFileTree tree)
    {
        var lines = new List<string>();
        void Walk(string directory, string prefix)
        {
            tree.ReadDirectory(directory, out IReadOnlyList<DirectoryEntry> entries);
            foreach (DirectoryEntry entry in entries)
            {
                string path = $"{directory}/{entry.Name}";
                tree.Stat(path, false, out FileStatus status);
                string mode = Convert.ToString(status.Mode, 8);
                switch (entry.Kind)
                {
                    case FileKind.Directory:
                        lines.Add($"{prefix}{entry.Name}/ {mode}");
                        Walk(path, prefix + entry.Name + "/");
                        break;
                    case FileKind.SymbolicLink:
                        tree.ReadLink(path, out string target);
                        lines.Add($"{prefix}{entry.Name} -> {target}");
                        break;
                    default:
                        tree.Open(path, FileOpening.Read, 0, out IFileHandle? handle);
                        byte[] content = new byte[status.Size];
                        handle!.ReadAt(0, content, out _);
                        handle.Dispose();
                        lines.Add($"{prefix}{entry.Name} {mode} {Encoding.Latin1.GetString(content)}");
                        break;
                }
            }
        }

        Walk("/w", "");
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }
}
