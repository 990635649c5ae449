using System.Globalization;
using System.Security.Cryptography;
using Offstage.Shell.Execution;

namespace Offstage.Shell.Variables;

/// <summary>The variables that a shell begins with.</summary>
internal static class SpecialVariables
{
    private static readonly (string Name, SpecialVariable Special)[] Living =
    [
        ("RANDOM", new(p => Text(p.Random.Next()), (p, v) => p.Random.Seed(unchecked((uint)p.Arithmetic.Evaluate(v))))),
        ("SRANDOM", new(_ => Text(RandomNumberGenerator.GetInt32(int.MaxValue)), null)),
        ("SECONDS", new(p => Text((long)p.Session.Time.GetElapsedTime(p.SecondsFrom).TotalSeconds + p.SecondsOffset), SetSeconds)),
        ("LINENO", new(p => Text(p.CurrentLine), null)),
        ("BASHPID", new(p => Text(p.Pid), null)),
        ("BASH_SUBSHELL", new(p => Text(p.SubshellDepth), null)),
        ("BASH_COMMAND", new(p => p.CurrentCommandText, null)),
        ("BASH_ARGV0", new(p => p.Name, (p, v) => p.Name = v)),
        ("EPOCHSECONDS", new(p => Text(p.Session.Time.GetUtcNow().ToUnixTimeSeconds()), null)),
        ("EPOCHREALTIME", new(p => EpochTime(p.Session.Time.GetUtcNow()), null)),
        ("SHELLOPTS", new(p => string.Join(':', ShellOptionSet.SetNames.Where(n => p.Options.Get(n.Name)).Select(n => n.Name)), null)),
        ("BASHOPTS", new(p => string.Join(':', ShellOptionSet.ShoptNames.Where(n => p.Options.Shopt(n))), null)),
        ("PIPESTATUS", new(null, null, p => p.PipeStatus.Select(s => Text(s)))),
        ("FUNCNAME", new(null, null, FunctionNames)),
        ("BASH_SOURCE", new(null, null, Sources)),
        ("BASH_LINENO", new(null, null, p => p.Frames.AsEnumerable().Reverse().Select(f => Text(f.CallLine)).Concat(p.ScriptPath is null ? [] : ["0"]))),
        ("DIRSTACK", new(null, null, p => [p.WorkingDirectory, .. p.DirectoryStack])),
        ("GROUPS", new(null, null, p => [Text(p.Session.Settings.UserId)])),
        ("_", new(p => p.LastArgument, null)),
    ];

    public static void Define(ShellProcess process, ShellSettings settings)
    {
        foreach ((string name, SpecialVariable special) in Living)
        {
            process.Variables.Define(name, new Variable
            {
                Special = special,
                Attributes = special.ReadMany is not null ? VariableAttributes.Indexed
                    : name is "SHELLOPTS" or "BASHOPTS" ? VariableAttributes.ReadOnly
                    : name is "RANDOM" or "SRANDOM" or "SECONDS" or "LINENO" or "BASHPID" ? VariableAttributes.Integer : VariableAttributes.None,
            });
        }

        foreach ((string name, string value) in settings.Environment)
            Set(process, name, value, VariableAttributes.Exported);
        if (!settings.Environment.ContainsKey("PATH"))
            Set(process, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        Set(process, "IFS", " \t\n");
        Set(process, "PS4", "+ ");
        Set(process, "OPTIND", "1");
        Set(process, "OPTERR", "1");
        Set(process, "BASH", "/usr/bin/bash");
        Set(process, "BASH_VERSION", "5.2.15(1)-release");
        process.Variables.WritableUnchecked("BASH_VERSINFO").SetIndexed(new IndexedArray(["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"]));
        process.Variables.WritableUnchecked("BASH_VERSINFO").Attributes |= VariableAttributes.ReadOnly;
        Set(process, "HOSTNAME", settings.HostName);
        Set(process, "HOSTTYPE", "x86_64");
        Set(process, "MACHTYPE", "x86_64-pc-linux-gnu");
        Set(process, "OSTYPE", "linux-gnu");
        Set(process, "TERM", settings.Environment.GetValueOrDefault("TERM", "dumb"));
        foreach ((string name, int value) in ((string, int)[])[("UID", settings.UserId), ("EUID", settings.UserId), ("PPID", process.ParentPid)])
            Set(process, name, Text(value), VariableAttributes.ReadOnly | VariableAttributes.Integer);
        int level = int.TryParse(settings.Environment.GetValueOrDefault("SHLVL"), out int outer) ? outer + 1 : 1;
        Set(process, "SHLVL", Text(level), VariableAttributes.Exported);
        Set(process, "PWD", settings.WorkingDirectory, VariableAttributes.Exported);
        if (!settings.Environment.ContainsKey("OLDPWD"))
            process.Variables.Define("OLDPWD", new Variable { Attributes = VariableAttributes.Exported });
        process.SettingChanged("LANG");
    }

    private static void Set(ShellProcess process, string name, string value, VariableAttributes attributes = VariableAttributes.None)
    {
        var variable = new Variable { Attributes = attributes };
        variable.SetScalar(value);
        process.Variables.Define(name, variable);
    }

    private static void SetSeconds(ShellProcess process, string value)
    {
        process.SecondsFrom = process.Session.Time.GetTimestamp();
        process.SecondsOffset = process.Arithmetic.Evaluate(value);
    }

    private static IEnumerable<string> FunctionNames(ShellProcess process)
    {
        if (process.Frames.All(f => f.Function == "source") && process.ScriptPath is null && process.Frames.Count == 0)
            return [];
        IEnumerable<string> names = process.Frames.AsEnumerable().Reverse().Select(f => f.Function);
        return process.Frames.Count > 0 && process.ScriptPath is not null ? names.Append("main") : names;
    }

    private static IEnumerable<string> Sources(ShellProcess process)
    {
        IEnumerable<string> sources = process.Frames.AsEnumerable().Reverse().Select(f => f.Source);
        return process.ScriptPath is { } script ? sources.Append(script) : sources;
    }

    private static string EpochTime(DateTimeOffset now)
        => $"{now.ToUnixTimeSeconds()}.{now.UtcTicks % TimeSpan.TicksPerSecond / 10:D6}";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
