using System.Security.Cryptography;
using Offstage.Shell.Commands.Awk;
using Offstage.Shell.Commands.Bc;
using Offstage.Shell.Commands.Binary;
using Offstage.Shell.Commands.Coreutils;
using Offstage.Shell.Commands.Diff;
using Offstage.Shell.Commands.Files;
using Offstage.Shell.Commands.Find;
using Offstage.Shell.Commands.Grep;
using Offstage.Shell.Commands.Identity;
using Offstage.Shell.Commands.Patch;
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
        new DiffCommand(),
        new CmpCommand(),
        new ChecksumCommand("md5sum", "MD5", () => new HashDigest(HashAlgorithmName.MD5, 16)),
        new ChecksumCommand("sha1sum", "SHA1", () => new HashDigest(HashAlgorithmName.SHA1, 20)),
        new ChecksumCommand("sha224sum", "SHA224", () => new Sha224()),
        new ChecksumCommand("sha256sum", "SHA256", () => new HashDigest(HashAlgorithmName.SHA256, 32)),
        new ChecksumCommand("sha384sum", "SHA384", () => new HashDigest(HashAlgorithmName.SHA384, 48)),
        new ChecksumCommand("sha512sum", "SHA512", () => new HashDigest(HashAlgorithmName.SHA512, 64)),
        new ChecksumCommand("b2sum", "BLAKE2b", () => new Blake2b()),
        new CksumCommand(),
        new SumCommand(),
        new BaseCommand("base64"),
        new BaseCommand("base32"),
        new BaseCommand("basenc"),
        new XxdCommand(),
        new OdCommand(),
        new ExprCommand(),
        new CommCommand(),
        new JoinCommand(),
        new SplitCommand(),
        new YesCommand(),
        new ShufCommand(),
        new FactorCommand(),
        new TsortCommand(),
        new MktempCommand(),
        new TruncateCommand(),
        new DuCommand(),
        new AnswerCommand("whoami", "root"),
        new AnswerCommand("logname", "root"),
        new AnswerCommand("hostname", "sandbox"),
        new AnswerCommand("nproc", "1"),
        new AnswerCommand("arch", "x86_64"),
        new AnswerCommand("groups", "root"),
        new IdCommand(),
        new UnameCommand(),
        new StringsCommand(),
        new TreeCommand(),
        new PatchCommand(),
        new BcCommand(),
        new FmtCommand(),
        new ColumnCommand(),
        new NumfmtCommand(),
        new HexdumpCommand("hexdump"),
        new HexdumpCommand("hd"),
        new CsplitCommand(),
        new InstallCommand(),
        new DdCommand(),
        new FileCommand(),
        new DfCommand(),
        new SyncCommand(),
        new GetconfCommand(),
        new TtyCommand(),
    ];
}
