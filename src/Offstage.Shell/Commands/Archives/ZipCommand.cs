using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>zip: packs files into an archive, or adds to one.</summary>
internal sealed class ZipCommand : ICommand
{
    private const int DepthMax = 2000;
    private const int RegularType = 0x8000;
    private const int DirectoryType = 0x4000;
    private const int LinkType = 0xA000;

    private static readonly OptionTable table = new(
        "zip [-options] zipfile list [-x list]",
        "The default action is to add or replace zipfile entries from list. Names after -x and -i end at the next option or @.",
        new('r', "recurse-paths", "recurse into directories"),
        new('j', "junk-paths", "junk (don't record) directory names"),
        new('q', "quiet", "quiet operation"),
        new('v', "verbose", "verbose operation"),
        new('m', "move", "move into zipfile (delete OS files)"),
        new('d', "delete", "delete entries in zipfile"),
        new('u', "update", "update: only changed or new files"),
        new('f', "freshen", "freshen: only changed files"),
        new('y', "symlinks", "store symbolic links as the link"),
        new('D', "no-dir-entries", "do not add directory entries"),
        new('X', "no-extra", "(extra attributes are never kept)"),
        new('o', "latest-time", "(ignored)"),
        new('x', "exclude", "exclude the following names", OptionArgument.Required, "list"),
        new('i', "include", "include only the following names", OptionArgument.Required, "list"),
        new('0', null, "store only"), new('1', null, "compress faster"), new('2', null, ""), new('3', null, ""), new('4', null, ""), new('5', null, ""),
        new('6', null, ""), new('7', null, ""), new('8', null, ""), new('9', null, "compress better"))
    { UsageErrorStatus = 16 };

    public string Name => "zip";

    public int Run(CommandContext context)
    {
        var excluded = new List<string>();
        var included = new List<string>();
        ParsedOptions? options = table.Parse(context, TakeLists(context.Arguments, excluded, included), out int status);
        if (options is null) return status;
        if (options.Operands.Count == 0)
        {
            _ = table.Parse(context, ["--help"], out _);
            return 0;
        }

        excluded.AddRange(options.Values('x'));
        included.AddRange(options.Values('i'));
        using var work = new Work(context, options, excluded, included);
        return work.Run();
    }

    /// <summary>Takes <c>-x a b c</c> out of the arguments: a list that runs to the next option or <c>@</c>.</summary>
    private static List<string> TakeLists(IReadOnlyList<string> arguments, List<string> excluded, List<string> included)
    {
        var rest = new List<string>();
        List<string>? list = null;
        foreach (string argument in arguments)
        {
            if (argument is "-x" or "--exclude") list = excluded;
            else if (argument is "-i" or "--include") list = included;
            else if (argument == "@") list = null;
            else if (argument.StartsWith('-') && argument.Length > 1)
            {
                list = null;
                rest.Add(argument);
            }
            else (list ?? rest).Add(argument);
        }

        return rest;
    }

    private sealed class Work(CommandContext context, ParsedOptions options, List<string> excluded, List<string> included) : IDisposable
    {
        private readonly ZipArchiveWriter writer = new(context);
        private readonly Dictionary<string, (byte[] Content, DateTime Time, int Mode, string Source)> added = [];
        private readonly List<string> order = [];
        private readonly List<string> sources = [];
        private readonly int level = options.Last("0", "1", "2", "3", "4", "5", "6", "7", "8", "9") is { } l ? l[0] - '0' : 6;
        private readonly string archive = options.Operands[0] is var a && a != "-" && !PathText.Name(a).Contains('.') ? a + ".zip" : options.Operands[0];

        private bool Quiet => options.Has('q');

        public void Dispose() => writer.Dispose();

        public int Run()
        {
            ZipArchiveReader? old = null;
            if (archive != "-" && context.Files.Stat(context.Resolve(archive), followLinks: true, out FileStatus found) == FileError.None && found.Size > 0)
            {
                using var file = InputFile.TryOpen(context, archive, out FileError error);
                if (file is null) throw new CommandFailedException($"error: {archive}: {error.Message()}", 15);
                old = ZipArchiveReader.Open(file.ReadToEnd());
                if (old is null)
                {
                    context.Output.WriteLine($"\nzip error: Zip file structure invalid ({archive})");
                    return 3;
                }
            }

            if (options.Has('d')) return Delete(old);
            foreach (string name in options.Operands.Skip(1)) Gather(name, 0, isOperand: true);
            if (order.Count == 0 && (old is null || !options.Has('f')))
            {
                context.Output.Flush();
                context.Output.WriteLine($"\nzip error: Nothing to do! ({archive})");
                return 12;
            }

            foreach (ZipEntry entry in old?.Entries ?? [])
            {
                if (!added.TryGetValue(entry.Name, out var fresh) || ((options.Has('u') || options.Has('f')) && fresh.Time <= entry.ModifiedAt)) writer.Copy(entry, old!.Compressed(entry));
                else Put(entry.Name, "updating");
                added.Remove(entry.Name);
            }

            foreach (string name in order)
            {
                if (added.ContainsKey(name) && !options.Has('f')) Put(name, "  adding");
            }

            return Save();
        }

        private void Put(string name, string what)
        {
            var (content, time, mode, source) = added[name];
            ZipEntry entry = writer.Add(name, content, time, mode, level);
            sources.Add(source);
            if (Quiet) return;
            string how = entry.Method == 8 ? $"deflated {Percent(entry.CompressedSize, entry.Size)}%" : "stored 0%";
            (archive == "-" ? context.Error : context.Output).WriteLine($"{what}: {name} ({how})");
        }

        private static string Percent(long compressed, long size)
            => Math.Round(100.0 - (compressed * 100.0 / size), MidpointRounding.AwayFromZero).ToString(CultureInfo.InvariantCulture);

        private int Save()
        {
            byte[] bytes = writer.ToBytes();
            if (archive == "-")
            {
                context.Output.Write(bytes);
            }
            else
            {
                FileError error = context.Open(archive, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out FileDescription? file);
                if (file is not null)
                {
                    error = file.Write(bytes, context.Interruption);
                    file.Release();
                }

                if (error != FileError.None)
                {
                    context.Output.Flush();
                    context.Error.WriteLine($"zip I/O error: {error.Message()}\nzip error: Could not create output file ({archive})");
                    return 15;
                }
            }

            if (!options.Has('m')) return 0;
            foreach (string source in sources) _ = context.Files.Unlink(source) == FileError.IsDirectory ? context.Files.RemoveDirectory(source) : FileError.None;
            return 0;
        }

        private int Delete(ZipArchiveReader? old)
        {
            if (old is null)
            {
                context.Output.WriteLine($"\nzip error: Nothing to do! ({archive})");
                return 12;
            }

            List<string> patterns = [.. options.Operands.Skip(1)];
            bool any = false;
            foreach (ZipEntry entry in old.Entries)
            {
                if (!patterns.Any(p => Glob.Matches(p, entry.Name)))
                {
                    writer.Copy(entry, old.Compressed(entry));
                    continue;
                }

                any = true;
                if (!Quiet) context.Output.WriteLine($"deleting: {entry.Name}");
            }

            if (!any)
            {
                context.Output.Flush();
                foreach (string pattern in patterns) context.Output.WriteLine($"\tzip warning: name not matched: {pattern}");
                context.Output.WriteLine($"\nzip error: Nothing to do! ({archive})");
                return 12;
            }

            if (writer.Count > 0) return Save();
            context.Output.Flush();
            context.Output.WriteLine("\tzip warning: zip file empty");
            _ = context.Files.Unlink(context.Resolve(archive));
            return 0;
        }

        private void Gather(string name, int depth, bool isOperand)
        {
            context.Check();
            string path = context.Resolve(name);
            FileError error = context.Files.Stat(path, followLinks: !options.Has('y'), out FileStatus status);
            if (error != FileError.None)
            {
                context.Output.Flush();
                context.Output.WriteLine($"\tzip warning: name not matched: {name}");
                return;
            }

            if (path == context.Resolve(archive)) return;
            string member = name;
            while (member.StartsWith("./", StringComparison.Ordinal)) member = member[2..];
            member = TarListing.UnsafePrefix(member) is { Length: > 0 } prefix ? member[prefix.Length..] : member;
            if (options.Has('j')) member = PathText.Name(member);
            if (status.IsDirectory)
            {
                member = member.TrimEnd('/') + "/";
                if (member is not ("./" or "/") && !options.Has('D') && !options.Has('j') && (isOperand || options.Has('r')) && IsWanted(member)) Keep(member, [], status, DirectoryType, path);
                if (!options.Has('r') || depth > DepthMax || context.Files.ReadDirectory(path, out IReadOnlyList<DirectoryEntry> entries) != FileError.None) return;
                foreach (DirectoryEntry entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal)) Gather(name == "." ? entry.Name : PathText.Join(name, entry.Name), depth + 1, isOperand: false);
                return;
            }

            if (!IsWanted(member)) return;
            if (status.IsSymbolicLink)
            {
                if (context.Files.ReadLink(path, out string target) == FileError.None) Keep(member, Latin.Bytes(target), status, LinkType, path);
                return;
            }

            using var file = InputFile.TryOpen(context, name, out error);
            if (file is null)
            {
                context.Output.WriteLine($"\tzip warning: could not open for reading: {name}");
                return;
            }

            byte[] content = file.ReadToEnd();
            context.Budget.Hold(content.Length);
            Keep(member, content, status, RegularType, path);
        }

        private void Keep(string member, byte[] content, FileStatus status, int type, string path)
        {
            if (added.TryAdd(member, (content, status.ModifiedAt.UtcDateTime, type | status.Mode, path))) order.Add(member);
        }

        private bool IsWanted(string name)
            => !excluded.Any(p => Glob.Matches(p, name)) && (included.Count == 0 || included.Any(p => Glob.Matches(p, name)));
    }
}
