using System.Collections.Frozen;

namespace Offstage.Shell.Commands.Identity;

/// <summary>Configuration values. They are the same everywhere and tell nothing of the host.</summary>
internal sealed class GetconfCommand : ICommand
{
    private const string Usage = "Usage: getconf [-v specification] variable_name [pathname]\n       getconf -a [pathname]";

    private static readonly FrozenDictionary<string, string> values = new Dictionary<string, string>
    {
        ["ARG_MAX"] = "2097152",
        ["CHAR_BIT"] = "8",
        ["CHAR_MAX"] = "127",
        ["CHAR_MIN"] = "-128",
        ["INT_MAX"] = "2147483647",
        ["INT_MIN"] = "-2147483648",
        ["UINT_MAX"] = "4294967295",
        ["LONG_BIT"] = "64",
        ["WORD_BIT"] = "32",
        ["UCHAR_MAX"] = "255",
        ["SHRT_MAX"] = "32767",
        ["SHRT_MIN"] = "-32768",
        ["USHRT_MAX"] = "65535",
        ["ULONG_MAX"] = "18446744073709551615",
        ["SSIZE_MAX"] = "32767",
        ["CLK_TCK"] = "100",
        ["GNU_LIBC_VERSION"] = "glibc 2.36",
        ["HOST_NAME_MAX"] = "64",
        ["IOV_MAX"] = "1024",
        ["LINE_MAX"] = "2048",
        ["LOGIN_NAME_MAX"] = "256",
        ["NGROUPS_MAX"] = "65536",
        ["OPEN_MAX"] = "1024",
        ["PAGESIZE"] = "4096",
        ["PAGE_SIZE"] = "4096",
        ["PATH"] = "/bin:/usr/bin",
        ["_NPROCESSORS_CONF"] = "1",
        ["_NPROCESSORS_ONLN"] = "1",
        ["_POSIX_VERSION"] = "200809",
        ["SYMLOOP_MAX"] = "undefined",
        ["RE_DUP_MAX"] = "32767",
        ["BC_BASE_MAX"] = "99",
        ["BC_SCALE_MAX"] = "99",
        ["NAME_MAX"] = "255",
    }.ToFrozenDictionary();

    /// <summary>Those that are asked of a path.</summary>
    private static readonly FrozenDictionary<string, string> pathValues = new Dictionary<string, string>
    {
        ["NAME_MAX"] = "255",
        ["PATH_MAX"] = "4096",
        ["LINK_MAX"] = "65000",
        ["PIPE_BUF"] = "4096",
        ["MAX_CANON"] = "255",
        ["MAX_INPUT"] = "255",
        ["FILESIZEBITS"] = "64",
    }.ToFrozenDictionary();

    public string Name => "getconf";

    public int Run(CommandContext context)
    {
        List<string> arguments = [.. context.Arguments];
        if (arguments is ["-a", ..])
        {
            foreach (var (name, value) in values.Concat(pathValues.Where(p => !values.ContainsKey(p.Key))).OrderBy(p => p.Key, StringComparer.Ordinal)) context.Output.WriteLine($"{name,-34} {value}");
            return 0;
        }

        if (arguments is ["-v", _, ..]) arguments.RemoveRange(0, 2);
        if (arguments is ["--", ..]) arguments.RemoveAt(0);
        if (arguments.Count is 0 or > 2) return Wrong(context);
        string wanted = arguments[0];
        if (pathValues.TryGetValue(wanted, out string? found))
        {
            if (arguments.Count < 2) return Wrong(context);
        }
        else if (!values.TryGetValue(wanted, out found))
        {
            throw new CommandFailedException($"Unrecognized variable `{wanted}'", 2);
        }
        else if (arguments.Count > 1)
        {
            return Wrong(context);
        }

        context.Output.WriteLine(found);
        return 0;
    }

    private static int Wrong(CommandContext context)
    {
        context.Error.WriteLine(Usage);
        context.Error.Flush();
        return 2;
    }
}
