using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>One member of a tar archive.</summary>
/// <param name="Type">The type flag: '0' file, '1' hard link, '2' symbolic link, '5' directory.</param>
/// <param name="LinkName">Of links.</param>
internal sealed record TarEntry(string Name, char Type, int Mode, long Size, DateTimeOffset ModifiedAt, string LinkName, string User, string Group)
{
    public const int BlockSize = 512;
    private const int NameMax = 100;

    public bool IsDirectory => Type == '5' || (Type is '0' or '\0' && Name.EndsWith('/'));

    public bool IsRegular => Type is '0' or '\0' or '7' && !IsDirectory;

    /// <returns>Null when the checksum says that it is no header.</returns>
    public static TarEntry? Parse(ReadOnlySpan<byte> block)
    {
        long sum = 0;
        for (int i = 0; i < BlockSize; i++) sum += i is >= 148 and < 156 ? ' ' : block[i];
        if (Number(block[148..156]) != sum) return null;
        string name = Text(block[..NameMax]);
        bool ustar = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        if (ustar && block[345] != 0) name = $"{Text(block.Slice(345, 155))}/{name}";
        char type = block[156] == 0 ? '0' : (char)block[156];
        long seconds = Math.Clamp(Number(block.Slice(136, 12)), -62135596800, 253402300799);
        return new(name, type, (int)Number(block.Slice(100, 8)) & 0xFFF, Math.Max(0, Number(block.Slice(124, 12))), DateTimeOffset.FromUnixTimeSeconds(seconds), Text(block.Slice(157, NameMax)), Text(block.Slice(265, 32)), Text(block.Slice(297, 32)));
    }

    /// <summary>The header in GNU's form, with blocks before it for names that are too long.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte>();
        if (LinkName.Length > NameMax) AddLong(bytes, 'K', LinkName);
        if (Name.Length > NameMax) AddLong(bytes, 'L', Name);
        bytes.AddRange(Block(this));
        return [.. bytes];
    }

    private static void AddLong(List<byte> bytes, char type, string text)
    {
        bytes.AddRange(Block(new TarEntry("././@LongLink", type, 0b110_100_100, text.Length + 1, DateTimeOffset.UnixEpoch, "", "root", "root")));
        bytes.AddRange(Latin.Bytes(text));
        bytes.AddRange(new byte[BlockSize - (text.Length % BlockSize)]);
    }

    private static byte[] Block(TarEntry entry)
    {
        byte[] block = new byte[BlockSize];
        void Put(int at, string text, int room) => Latin.Bytes(text[..Math.Min(text.Length, room)]).CopyTo(block, at);
        void Octal(int at, long value, int digits) => Put(at, Convert.ToString(value, 8).PadLeft(digits, '0'), digits);
        Put(0, entry.Name, NameMax);
        Octal(100, entry.Mode, 7);
        Octal(108, 0, 7);
        Octal(116, 0, 7);
        Octal(124, entry.Size, 11);
        Octal(136, Math.Max(0, entry.ModifiedAt.ToUnixTimeSeconds()), 11);
        block[156] = (byte)entry.Type;
        Put(157, entry.LinkName, NameMax);
        Put(257, "ustar  ", 7);
        Put(265, entry.User, 31);
        Put(297, entry.Group, 31);
        long sum = 0;
        for (int i = 0; i < BlockSize; i++) sum += i is >= 148 and < 156 ? ' ' : block[i];
        Octal(148, sum, 6);
        block[155] = (byte)' ';
        return block;
    }

    /// <summary>The names and values of a pax header.</summary>
    public static IEnumerable<(string Key, string Value)> PaxRecords(byte[] bytes)
    {
        string text = Latin.Text(bytes);
        for (int at = 0; at < text.Length;)
        {
            int space = text.IndexOf(' ', at);
            if (space < 0 || !int.TryParse(text.AsSpan(at, space - at), NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length <= space - at + 1 || at + length > text.Length) yield break;
            string record = text[(space + 1)..(at + length - 1)];
            int equals = record.IndexOf('=');
            if (equals > 0) yield return (record[..equals], record[(equals + 1)..]);
            at += length;
        }
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Latin.Text(end < 0 ? field : field[..end]);
    }

    /// <summary>Octal digits, or a binary number where the first bit is set.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        long value = 0;
        if ((field[0] & 0x80) != 0)
        {
            for (int i = 0; i < field.Length; i++) value = (value << 8) | (i == 0 ? (long)(field[0] & 0x3F) : field[i]);
            return value;
        }

        foreach (byte b in field)
        {
            if (b is >= (byte)'0' and <= (byte)'7') value = (value << 3) + b - '0';
            else if (value > 0 || b is not ((byte)' ' or (byte)'0')) break;
        }

        return value;
    }
}
