using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Identity;

internal sealed class IdCommand : ICommand
{
    private static readonly OptionTable table = new(
        "id [OPTION]... [USER]...",
        "Print user and group information. There is one user, root.",
        new('a', null, "ignored"),
        new('Z', "context", "ignored"),
        new('g', "group", "print only the effective group ID"),
        new('G', "groups", "print all group IDs"),
        new('n', "name", "print a name instead of a number, for -ugG"),
        new('r', "real", "print the real ID instead of the effective ID, with -ugG"),
        new('u', "user", "print only the effective user ID"),
        new('z', "zero", "delimit entries with NUL characters"));

    public string Name => "id";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        foreach (string user in options.Operands)
        {
            if (user is not ("root" or "0")) throw new CommandFailedException($"{Latin.Quote(user)}: no such user");
        }

        bool one = options.Has('u') || options.Has('g') || options.Has('G');
        if (!one && options.Has('n')) throw new CommandFailedException("cannot print only names or real IDs in default format");
        context.Output.Write(!one ? "uid=0(root) gid=0(root) groups=0(root)" : options.Has('n') ? "root" : "0");
        context.Output.WriteByte(options.Has('z') ? (byte)0 : (byte)'\n');
        return 0;
    }
}
