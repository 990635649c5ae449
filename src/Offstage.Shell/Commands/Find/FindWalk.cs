using Offstage.Shell.Commands.Text;
using Offstage.Shell.Streams;

namespace Offstage.Shell.Commands.Find;

/// <summary>Goes through a tree and evaluates the expression for each file.</summary>
internal sealed class FindWalk(CommandContext context, FindNode expression, FindParser limits, FollowLinksIn follow)
{
    private const int DepthMax = 1000;

    private readonly DateTimeOffset now = context.Time.GetUtcNow();
    private bool pruned;
    private InputReader? answers;

    public int Status { get; private set; }

    public bool HasQuit { get; private set; }

    public void Start(string path)
    {
        bool followStart = follow != FollowLinksIn.Nothing || path.EndsWith('/');
        string absolute = context.Resolve(path);
        var error = context.Files.Stat(absolute, followStart, out var status);
        if (error != FileError.None && followStart) error = context.Files.Stat(absolute, followLinks: false, out status);
        if (error != FileError.None)
        {
            Complain($"{Latin.Quote(path)}: {error.Message()}");
            return;
        }

        Visit(new FindEntry(path, path, absolute, 0, status.Kind, status, context));
    }

    /// <summary>Runs what the <c>-exec … +</c> have gathered.</summary>
    public void Finish() => Finish(expression);

    private void Visit(FindEntry entry)
    {
        context.Check();
        pruned = false;
        bool counts = entry.Depth >= limits.MinDepth;
        if (!limits.DepthFirst && counts) Evaluate(expression, entry);
        if (!HasQuit && entry.Kind == FileKind.Directory && entry.Depth < limits.MaxDepth && !(pruned && !limits.DepthFirst)) Descend(entry);
        if (limits.DepthFirst && counts && !HasQuit) Evaluate(expression, entry);
    }

    private void Descend(FindEntry directory)
    {
        if (directory.Depth > DepthMax)
        {
            Complain($"{Latin.Quote(directory.Path)}: nested too deeply");
            return;
        }

        var error = context.Files.ReadDirectory(directory.Absolute, out var entries);
        if (error != FileError.None)
        {
            Complain($"{Latin.Quote(directory.Path)}: {error.Message()}");
            return;
        }

        var sorted = entries.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach (var child in sorted)
        {
            if (HasQuit) return;
            string absolute = PathText.Join(directory.Absolute, child.Name);
            var kind = child.Kind;
            FileStatus? status = null;
            if (kind == FileKind.SymbolicLink && follow == FollowLinksIn.All && context.Files.Stat(absolute, followLinks: true, out var target) == FileError.None)
            {
                (kind, status) = (target.Kind, target);
                if (kind == FileKind.Directory && IsLoop(directory, target))
                {
                    Complain($"File system loop detected; {Latin.Quote(PathText.Join(directory.Path, child.Name))} is part of the same file system loop as {Latin.Quote(directory.Path)}.");
                    continue;
                }
            }

            Visit(new FindEntry(PathText.Join(directory.Path, child.Name), directory.Start, absolute, directory.Depth + 1, kind, status, context) { Parent = directory });
        }
    }

    private static bool IsLoop(FindEntry directory, FileStatus target)
    {
        for (FindEntry? at = directory; at is not null; at = at.Parent)
        {
            if (at.Status.IsSameFile(target)) return true;
        }

        return false;
    }

    private bool Evaluate(FindNode node, FindEntry entry)
    {
        if (HasQuit) return false;
        switch (node)
        {
            case FindNode.And(var left, var right):
                return Evaluate(left, entry) && Evaluate(right, entry);
            case FindNode.Or(var left, var right):
                return Evaluate(left, entry) || Evaluate(right, entry);
            case FindNode.List(var left, var right):
                Evaluate(left, entry);
                return Evaluate(right, entry);
            case FindNode.Not(var inner):
                return !Evaluate(inner, entry);
            case FindNode.Constant(var value):
                return value;
            case FindNode.Prune:
                return pruned = true;
            case FindNode.Quit:
                HasQuit = true;
                return true;
            case FindNode.Delete:
                return Delete(entry);
            case FindNode.Print(var format, var target):
                (target ?? context.Output).Write(FindFormat.Expand(format, entry));
                return true;
            case FindNode.Execute execute:
                return Execute(execute, entry);
            default:
                return FindTests.Holds(node, entry, context, now);
        }
    }

    private bool Delete(FindEntry entry)
    {
        if (entry.Path is "." or "./") return true;
        var error = entry.Kind == FileKind.Directory ? context.Files.RemoveDirectory(entry.Absolute) : context.Files.Unlink(entry.Absolute);
        if (error == FileError.None) return true;
        Complain($"cannot delete {Latin.Quote(entry.Path)}: {error.Message()}");
        return false;
    }

    private bool Execute(FindNode.Execute execute, FindEntry entry)
    {
        string directory = execute.InDirectory ? PathText.Directory(entry.Absolute) : context.WorkingDirectory;
        string path = execute.InDirectory ? "./" + PathText.Name(entry.Absolute) : entry.Path;
        if (execute.Batch)
        {
            if (execute.Waiting.Count > 0 && (execute.Waiting[0].Directory != directory || execute.Waiting.Count >= 5000)) RunBatch(execute);
            execute.Waiting.Add((directory, path));
            return true;
        }

        if (execute.Asks && !Agrees(execute.Command, entry.Path)) return false;
        return RunCommand([.. execute.Command.Select(a => a.Replace("{}", path, StringComparison.Ordinal))], directory, execute.Asks ? Device.Null : null) == 0;
    }

    /// <summary>Asks for -ok; the answers come from standard input, which the command then does not get.</summary>
    private bool Agrees(IReadOnlyList<string> command, string path)
    {
        context.Output.Flush();
        context.Error.Write($"< {command[0]} ... {path} > ? ");
        context.Error.Flush();
        answers ??= context.Reader();
        return answers.TryReadLine(out var line, out _) && line is [(byte)'y' or (byte)'Y', ..];
    }

    private void RunBatch(FindNode.Execute execute)
    {
        if (execute.Waiting.Count == 0) return;
        var (command, directory) = (execute.Command.Concat(execute.Waiting.Select(w => w.Path)).ToList(), execute.Waiting[0].Directory);
        execute.Waiting.Clear();
        if (RunCommand(command, directory) != 0) Status = 1;
    }

    private int RunCommand(IReadOnlyList<string> command, string directory, FileDescription? input = null)
    {
        int status = context.Run(new CommandCall(command) { WorkingDirectory = directory, StandardInput = input });
        if (status == 127) context.Complain($"{Latin.Quote(command[0])}: No such file or directory");
        return status;
    }

    private void Finish(FindNode node)
    {
        switch (node)
        {
            case FindNode.And(var left, var right):
                Finish(left);
                Finish(right);
                break;
            case FindNode.Or(var left, var right):
                Finish(left);
                Finish(right);
                break;
            case FindNode.List(var left, var right):
                Finish(left);
                Finish(right);
                break;
            case FindNode.Not(var inner):
                Finish(inner);
                break;
            case FindNode.Execute { Batch: true } execute:
                RunBatch(execute);
                break;
        }
    }

    private void Complain(string message)
    {
        context.Complain(message);
        Status = 1;
    }
}

/// <summary>Which symbolic links find follows.</summary>
internal enum FollowLinksIn
{
    Nothing,
    Arguments,
    All,
}
