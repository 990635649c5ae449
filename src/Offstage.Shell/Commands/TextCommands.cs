using Offstage.Shell.Commands.Awk;
using Offstage.Shell.Commands.Coreutils;
using Offstage.Shell.Commands.Files;
using Offstage.Shell.Commands.Find;
using Offstage.Shell.Commands.Grep;
using Offstage.Shell.Commands.Sed;
using Offstage.Shell.Commands.Sort;
using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands;

/// <summary>The tools for text, files and data, one line each.</summary>
internal static class TextCommands
{
    public static IEnumerable<ICommand> All =>
    [
        new GrepCommand("grep", 'G'),
        new GrepCommand("egrep", 'E'),
        new GrepCommand("fgrep", 'F'),
        new SedCommand(),
        new AwkCommand("awk"),
        new AwkCommand("gawk"),
        new CatCommand(),
        new TacCommand(),
        new RevCommand(),
        new HeadCommand(),
        new TailCommand(),
        new WcCommand(),
        new CutCommand(),
        new PasteCommand(),
        new UniqCommand(),
        new SeqCommand(),
        new TrCommand(),
        new SortCommand(),
        new TeeCommand(),
        new NlCommand(),
        new FoldCommand(),
        new ExpandCommand(reverse: false),
        new ExpandCommand(reverse: true),
        new BasenameCommand(),
        new DirnameCommand(),
        new ReadlinkCommand(),
        new RealpathCommand(),
        new MkdirCommand(),
        new RmdirCommand(),
        new RmCommand(),
        new CpCommand(),
        new MvCommand(),
        new LnCommand(),
        new TouchCommand(),
        new ChmodCommand(),
        new ChownCommand("chown"),
        new ChownCommand("chgrp"),
        new DateCommand(),
        new LsCommand("ls"),
        new LsCommand("dir"),
        new StatCommand(),
        new FindCommand(),
        new XargsCommand(),
    ];
}
