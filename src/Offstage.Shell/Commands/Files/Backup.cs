using System.Globalization;

namespace Offstage.Shell.Commands.Files;

/// <summary>How cp and mv name what they would overwrite.</summary>
/// <param name="control">Numbered, simple, or numbered where there are numbered ones already.</param>
internal sealed class Backup(Backup.Control control, string suffix)
{
    internal enum Control
    {
        Simple,
        Numbered,
        Existing,
    }

    /// <summary>The option that takes how to back up.</summary>
    public static Option Option { get; } = new('\0', "backup", "make a backup of each existing destination file", OptionArgument.Optional, "CONTROL");

    /// <returns>Null when no backups are asked for.</returns>
    /// <exception cref="CommandFailedException">The control is none of those there are.</exception>
    public static Backup? Of(CommandContext context, ParsedOptions options)
    {
        if (!options.Has('b') && !options.Has("backup") && !options.Has('S')) return null;
        string name = options.Value("backup") ?? context.Environment.GetValueOrDefault("VERSION_CONTROL") ?? "existing";
        Control? control = name switch
        {
            "none" or "off" => null,
            "numbered" or "t" => Control.Numbered,
            "simple" or "never" => Control.Simple,
            "existing" or "nil" => Control.Existing,
            _ => throw new CommandFailedException($"invalid argument '{name}' for 'backup type'"),
        };
        return control is { } wanted ? new Backup(wanted, options.Value('S') ?? context.Environment.GetValueOrDefault("SIMPLE_BACKUP_SUFFIX") ?? "~") : null;
    }

    /// <param name="path">Absolute.</param>
    public FileError Make(CommandContext context, string path)
    {
        int highest = control == Control.Simple ? 0 : Highest(context, path);
        bool numbered = control == Control.Numbered || highest > 0;
        return context.Files.Rename(path, numbered ? $"{path}.~{highest + 1}~" : path + suffix);
    }

    private static int Highest(CommandContext context, string path)
    {
        string prefix = PathText.Name(path) + ".~";
        if (context.Files.ReadDirectory(PathText.Directory(path), out var entries) != FileError.None) return 0;
        int highest = 0;
        foreach (var entry in entries)
        {
            if (entry.Name.StartsWith(prefix, StringComparison.Ordinal) && entry.Name.EndsWith('~') && entry.Name.Length > prefix.Length
                && int.TryParse(entry.Name.AsSpan(prefix.Length, entry.Name.Length - prefix.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                highest = Math.Max(highest, number);
            }
        }

        return highest;
    }
}
