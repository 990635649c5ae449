using System.Text;
using Offstage.Shell.Streams;

namespace Offstage.Shell.Execution;

/// <summary>What stands behind a command's name when it is neither function nor builtin.</summary>
internal abstract record Found
{
    private Found() { }

    public sealed record Nothing : Found;

    /// <summary>There is something that cannot be run.</summary>
    public sealed record Refused(FileError Error) : Found;

    public sealed record Program(ICommand Command, string Path) : Found;

    /// <summary>A file of the tree: a script.</summary>
    public sealed record Script(string Path) : Found;
}

/// <summary>Programs: commands of the library, and scripts of the tree.</summary>
internal sealed partial class ShellProcess
{
    private int RunProgram(List<string> arguments)
    {
        Found found = Locate(arguments[0]);
        switch (found)
        {
            case Found.Nothing:
                if (Functions.TryGetValue("command_not_found_handle", out Syntax.Command.Function? handler))
                {
                    ShellProcess child = Fork();
                    return child.RunToEnd(p => p.CallFunction(handler, ["command_not_found_handle", .. arguments]));
                }

                Complain(arguments[0].Contains('/') || string.IsNullOrEmpty(Variables.Value("PATH")) ? $"{arguments[0]}: No such file or directory" : $"{arguments[0]}: command not found");
                return 127;
            case Found.Refused refused:
                Complain($"{arguments[0]}: {refused.Error.Message()}");
                return refused.Error == FileError.NotFound ? 127 : 126;
            default:
                return Run(found, arguments, null);
        }
    }

    /// <summary>Finds a program by its name along the PATH, or by its path.</summary>
    public Found Locate(string name, string? path = null)
    {
        if (name.Length == 0)
            return new Found.Nothing();
        if (name.Contains('/'))
            return LocatePath(name);
        if (path is null && Hashed.TryGetValue(name, out (string Path, int Hits) hashed) && LocatePath(hashed.Path) is not Found.Nothing and var known)
        {
            Hashed[name] = (hashed.Path, hashed.Hits + 1);
            return known;
        }

        Found result = new Found.Nothing();
        foreach (string directory in (path ?? Variables.Value("PATH") ?? "").Split(':'))
        {
            string candidate = directory.Length == 0 ? "./" + name : PathText.Join(directory, name);
            Found found = LocatePath(candidate);
            if (found is Found.Program or Found.Script)
            {
                if (path is null && Options.Get("hashall"))
                    Hashed[name] = (candidate, 1);
                return found;
            }

            if (found is Found.Refused { Error: FileError.AccessDenied } && result is Found.Nothing)
                result = found;
        }

        return result;
    }

    private Found LocatePath(string path)
    {
        string absolute = PathText.Absolute(WorkingDirectory, path);
        if (Session.Files is Files.ProgramFileTree programs && programs.FindProgram(absolute) is { } command
            && Session.Settings.Files.Stat(absolute, true, out _) != FileError.None)
        {
            return new Found.Program(command, path);
        }

        FileError error = Files.Stat(absolute, true, out FileStatus status);
        if (error != FileError.None)
            return error == FileError.NotFound ? new Found.Nothing() : new Found.Refused(error);
        if (status.IsDirectory)
            return new Found.Refused(FileError.IsDirectory);
        return (status.Mode & 0b001_001_001) == 0 ? new Found.Refused(FileError.AccessDenied) : new Found.Script(path);
    }

    private int Run(Found found, List<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        Budget.CountCommand();
        return found switch
        {
            Found.Program program => RunCommand(program.Command, arguments, environment),
            Found.Script script => RunScriptFile(script.Path, arguments, environment),
            _ => 127,
        };
    }

    private int RunCommand(ICommand command, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var context = new CommandContext(
            arguments, environment ?? Variables.Environment(), WorkingDirectory, Umask, Session.Time, Files, Descriptors, Interruption, CallFromCommand)
        {
            Process = this,
        };
        try
        {
            int status = command.Run(context) & 0xFF;
            context.Output.Flush();
            context.Error.Flush();
            return status;
        }
        catch (WriteFailedException e) when (e.Error == FileError.BrokenPipe)
        {
            if (!SignalIsIgnored(13))
                return 141;
            TryComplain(context, $"write error: {e.Error.Message()}");
            return 1;
        }
        catch (WriteFailedException e)
        {
            TryComplain(context, $"write error: {e.Error.Message()}");
            return 1;
        }
        catch (CommandFailedException e)
        {
            try
            {
                context.Complain(e.Message);
            }
            catch (WriteFailedException)
            {
                // Its message has nobody to read it; the status tells all the same.
            }

            return e.Status;
        }
    }

    private static void TryComplain(CommandContext context, string message)
        => _ = context.Error.Target.Write(Encoding.Latin1.GetBytes($"{context.Name}: {message}\n"), context.Interruption);

    /// <summary>A script of the tree: a shell of its own, or what its first line names.</summary>
    private int RunScriptFile(string path, List<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        string absolute = PathText.Absolute(WorkingDirectory, path);
        FileError error = ReadFile(absolute, out string text);
        if (error != FileError.None)
        {
            Complain($"{path}: {error.Message()}");
            return 126;
        }

        if (text.StartsWith("#!", StringComparison.Ordinal))
        {
            int end = text.IndexOf('\n');
            string[] parts = text[2..(end < 0 ? text.Length : end)].Trim(' ', '\t').Split((char[])[' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries);
            string interpreter = parts.Length == 0 ? "/bin/sh" : parts[0];
            if (PathText.Name(interpreter) is not ("sh" or "bash"))
            {
                List<string> whole = [interpreter, .. parts.Skip(1).Select(p => p.Trim()), path, .. arguments.Skip(1)];
                Found found = Locate(interpreter);
                if (found is Found.Program or Found.Script && found != new Found.Script(path))
                    return Run(found, whole, environment);
                Complain($"{path}: cannot execute: required file not found");
                return 127;
            }
        }
        else if (text.AsSpan(0, Math.Min(text.Length, 80)).Contains('\0'))
        {
            Complain($"{path}: cannot execute binary file: Exec format error");
            return 126;
        }

        return RunShell(new ShellStart { Text = text, ScriptPath = path, Name = path, Positional = arguments.Skip(1).ToList(), Environment = environment });
    }

    /// <summary>Reads a whole file, as bytes in chars.</summary>
    public FileError ReadFile(string absolute, out string text)
    {
        text = "";
        FileError error = FileOpener.Open(Files, Descriptors, absolute, FileOpening.Read, 0, Budget.Limits.FileBytesMax, out FileDescription? file);
        if (error != FileError.None)
            return error;
        var reader = new InputReader(file!, Interruption);
        byte[] bytes = reader.ReadToEnd();
        reader.Release();
        file!.Release();
        text = Encoding.Latin1.GetString(bytes);
        return reader.Error;
    }

    /// <summary>Runs a command for another command: find, xargs, env, timeout.</summary>
    private int CallFromCommand(CommandCall call)
    {
        ShellProcess child = Fork();
        if (call.WorkingDirectory is { } directory)
            child.WorkingDirectory = directory;
        if (call.Interruption is { } interruption)
            child.Interruption = interruption;
        if (call.StandardInput is { } input)
            child.Descriptors.Set(0, input.Share());
        if (call.StandardOutput is { } output)
            child.Descriptors.Set(1, output.Share());
        if (call.StandardError is { } error)
            child.Descriptors.Set(2, error.Share());
        child.ResetTraps();
        if (call.Environment is { } environment)
            child.ReplaceEnvironment(environment);
        return child.RunToEnd(p =>
        {
            Found found = p.Locate(call.Arguments[0]);
            return found switch
            {
                Found.Nothing => 127,
                Found.Refused => 126,
                _ => p.Run(found, [.. call.Arguments], null),
            };
        });
    }

    private void ReplaceEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        foreach (string name in Variables.Environment().Keys.ToArray())
        {
            if (!environment.ContainsKey(name))
                Variables.Find(name)!.Attributes &= ~Offstage.Shell.Variables.VariableAttributes.Exported;
        }

        foreach ((string name, string value) in environment)
        {
            Offstage.Shell.Variables.Variable variable = Variables.FindRaw(name) ?? new Offstage.Shell.Variables.Variable();
            variable.SetScalar(value);
            variable.Attributes |= Offstage.Shell.Variables.VariableAttributes.Exported;
            Variables.Define(name, variable);
        }

        Variables.EnvironmentChanged();
    }
}
