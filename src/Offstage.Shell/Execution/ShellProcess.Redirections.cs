using System.Globalization;
using System.Text;
using Offstage.Shell.Expansion;
using Offstage.Shell.Streams;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Execution;

/// <summary>Redirections.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>Applies redirections in their order.</summary>
    /// <returns>Null when one failed; that was told, and the others are undone.</returns>
    private RedirectionScope? TryRedirect(Redirection[] redirections)
    {
        var scope = new RedirectionScope(this);
        try
        {
            foreach (Redirection redirection in redirections)
            {
                if (Apply(redirection, scope) is { } error)
                {
                    scope.Dispose();
                    Complain(error);
                    return null;
                }
            }

            return scope;
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    /// <returns>What is wrong; null when it was applied.</returns>
    private string? Apply(Redirection redirection, RedirectionScope scope)
    {
        int descriptor = redirection.Descriptor ?? redirection.DefaultDescriptor;
        switch (redirection.Kind)
        {
            case RedirectionKind.HereDocument:
                string body = redirection.Document is { } document ? Expander.ExpandText(document.Body) : "";
                return Place(redirection, descriptor, new TextSource(Encoding.Latin1.GetBytes(body)), scope);
            case RedirectionKind.HereString:
                return Place(redirection, descriptor, new TextSource(Encoding.Latin1.GetBytes(Expander.ExpandText(redirection.Target) + "\n")), scope);
            case RedirectionKind.DuplicateInput or RedirectionKind.DuplicateOutput:
                return Duplicate(redirection, descriptor, scope);
        }

        var fields = new List<string>();
        Expander.Expand(redirection.Target, fields);
        if (fields.Count != 1)
            return $"{redirection.Target.Text}: ambiguous redirect";
        return OpenFile(redirection, descriptor, fields[0], scope);
    }

    private string? OpenFile(Redirection redirection, int descriptor, string path, RedirectionScope scope)
    {
        FileOpening opening = redirection.Kind switch
        {
            RedirectionKind.Input => FileOpening.Read,
            RedirectionKind.ReadWrite => FileOpening.Read | FileOpening.Write | FileOpening.Create,
            RedirectionKind.Append or RedirectionKind.AppendOutputAndError => FileOpening.Append | FileOpening.Write | FileOpening.Create,
            _ => FileOpening.Write | FileOpening.Create | FileOpening.Truncate,
        };
        string absolute = PathText.Absolute(WorkingDirectory, path);
        if (redirection.Kind is RedirectionKind.Output or RedirectionKind.OutputAndError && Options.Get("noclobber")
            && Files.Stat(absolute, true, out FileStatus status) == FileError.None && status.IsRegular)
        {
            return $"{path}: cannot overwrite existing file";
        }

        FileError error = FileOpener.Open(Files, Descriptors, absolute, opening, 0b110_110_110 & ~Umask, Budget.Limits.FileBytesMax, out FileDescription? file);
        if (error != FileError.None)
            return $"{path}: {error.Message()}";
        if (redirection.Kind is RedirectionKind.OutputAndError or RedirectionKind.AppendOutputAndError)
        {
            scope.Save(2);
            Descriptors.Set(2, file!.Share());
        }

        return Place(redirection, descriptor, file!, scope);
    }

    private string? Place(Redirection redirection, int descriptor, FileDescription file, RedirectionScope scope)
    {
        if (redirection.Variable is { } variable)
        {
            // A descriptor that is kept in a variable outlives the command.
            if (Descriptors.FindFree() is not { } free)
            {
                file.Release();
                return FileError.TooManyOpenFiles.Message();
            }

            Descriptors.Set(free, file);
            AssignTarget(variable, free.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        if (descriptor >= Descriptors.Max)
        {
            file.Release();
            return $"{descriptor}: {FileError.BadDescriptor.Message()}";
        }

        scope.Save(descriptor);
        Descriptors.Set(descriptor, file);
        return null;
    }

    private string? Duplicate(Redirection redirection, int descriptor, RedirectionScope scope)
    {
        string target = Expander.ExpandText(redirection.Target);
        if (target == "-")
        {
            if (redirection.Variable is { } closed)
            {
                if (int.TryParse(TargetValue(closed), out int held))
                    _ = Descriptors.Close(held);
                else
                    return $"{closed}: ambiguous redirect";
                return null;
            }

            scope.Save(descriptor);
            _ = Descriptors.Close(descriptor);
            return null;
        }

        bool moves = target.EndsWith('-') && target.Length > 1;
        string digits = moves ? target[..^1] : target;
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int source))
        {
            // `>&file` is `&>file`; other words are no descriptors.
            if (redirection.Kind == RedirectionKind.DuplicateOutput && redirection.Descriptor is null or 1 && redirection.Variable is null)
                return OpenFile(redirection with { Kind = RedirectionKind.OutputAndError }, 1, target, scope);
            return $"{redirection.Target.Text}: ambiguous redirect";
        }

        if (Descriptors.Find(source) is not { } file)
            return $"{digits}: {FileError.BadDescriptor.Message()}";
        string? error = Place(redirection, descriptor, file.Share(), scope);
        if (error is null && moves && source != descriptor)
        {
            scope.Save(source);
            _ = Descriptors.Close(source);
        }

        return error;
    }

    /// <summary>Assigns to a name or to <c>name[subscript]</c>.</summary>
    public void AssignTarget(string target, string value)
    {
        int bracket = target.IndexOf('[');
        if (bracket > 0 && target.EndsWith(']'))
            Variables.AssignElement(target[..bracket], Expander.ExpandText(target[(bracket + 1)..^1]), value, appends: false);
        else
            Variables.Assign(target, value);
    }

    private string? TargetValue(string target)
    {
        int bracket = target.IndexOf('[');
        return bracket > 0 && target.EndsWith(']')
            ? Variables.FindElement(target[..bracket], target[(bracket + 1)..^1], quoted: false)
            : Variables.Value(target);
    }

    /// <summary><c>exec</c>: its redirections stay; with a command, the process becomes it.</summary>
    private int ExecuteExec(Command.Simple command, List<string> arguments, List<TemporaryAssignment>? assignments)
    {
        using RedirectionScope? scope = TryRedirect(command.Redirections);
        if (scope is null)
        {
            return 1;
        }

        int at = 1;
        string? name = null;
        bool clears = false;
        bool login = false;
        while (at < arguments.Count && arguments[at] is ['-', _, ..] option)
        {
            at++;
            if (option == "--")
                break;
            for (int i = 1; i < option.Length; i++)
            {
                switch (option[i])
                {
                    case 'c':
                        clears = true;
                        break;
                    case 'l':
                        login = true;
                        break;
                    case 'a' when i == option.Length - 1 && at < arguments.Count:
                        name = arguments[at++];
                        break;
                    default:
                        Complain($"exec: -{option[i]}: invalid option");
                        WriteError("exec: usage: exec [-cl] [-a name] [command [argument ...]] [redirection ...]\n");
                        return 2;
                }
            }
        }

        if (at == arguments.Count)
        {
            foreach (Word word in command.Assignments)
                Assign(word.Assignment!);
            scope.Keep();
            return 0;
        }

        List<string> rest = arguments.GetRange(at, arguments.Count - at);
        return WithAssignments(assignments, () =>
        {
            Found found = Locate(rest[0]);
            if (found is Found.Nothing or Found.Refused)
            {
                Complain($"exec: {rest[0]}: {(found is Found.Refused r ? r.Error.Message() : rest[0].Contains('/') ? FileError.NotFound.Message() : "not found")}");
                if (!Options.Shopt("execfail"))
                    Flow = Flow.Exit;
                return found is Found.Refused ? 126 : 127;
            }

            if (name is not null || login)
                rest[0] = (login ? "-" : "") + (name ?? rest[0]);
            int status = Run(found, rest, clears ? new Dictionary<string, string>() : null);
            traps?.Forget("EXIT");
            Flow = Flow.Exit;
            return status;
        });
    }
}
