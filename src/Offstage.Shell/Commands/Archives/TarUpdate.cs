using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>Changes an archive: <c>-r</c>, <c>-u</c>, <c>-A</c> and <c>--delete</c>. It is written anew, with the members that stay first.</summary>
/// <param name="before">The archive as it was.</param>
internal sealed class TarUpdate(CommandContext context, TarSettings settings, Stream output, byte[] before)
{
    private bool ok = true;

    /// <param name="mode">The letter of the option, or <c>delete</c>.</param>
    /// <returns>False when something went wrong; that is told.</returns>
    public bool Run(string mode, List<string> operands)
    {
        string[] names = [.. operands.Where(o => !o.StartsWith(TarCommand.DirectoryMark))];
        var found = new HashSet<string>(StringComparer.Ordinal);
        var times = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var writer = new TarWriter(context, settings, output) { Newest = mode == "u" ? times : null };
        writer.Copy(new TarReader(new MemoryStream(before), context.Interruption), entry =>
        {
            times[entry.Name] = entry.ModifiedAt;
            return mode != "delete" || !IsNamed(entry.Name, names, found);
        });
        if (mode == "A")
        {
            foreach (string name in names) Append(writer, name);
        }

        bool written = writer.Write(mode is "r" or "u" ? operands : []);
        if (mode != "delete") return ok && written;
        foreach (string name in names.Where(n => !found.Contains(n)))
        {
            context.Complain($"{name}: Not found in archive");
            ok = false;
        }

        return ok && written;
    }

    private void Append(TarWriter writer, string archive)
    {
        using var file = InputFile.TryOpen(context, archive, out FileError error);
        if (file is not null)
        {
            writer.Copy(new TarReader(new DescriptionStream(file.Description, context.Interruption), context.Interruption), _ => true);
            return;
        }

        context.Complain($"{archive}: Cannot open: {error.Message()}");
        ok = false;
    }

    private static bool IsNamed(string member, string[] names, HashSet<string> found)
    {
        string plain = member.TrimEnd('/');
        bool any = false;
        foreach (string name in names)
        {
            if (plain != name.TrimEnd('/') && !plain.StartsWith(name.TrimEnd('/') + "/", StringComparison.Ordinal)) continue;
            found.Add(name);
            any = true;
        }

        return any;
    }
}
