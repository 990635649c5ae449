namespace Offstage.Shell.Commands.Archives;

/// <summary>One member of a zip archive, as its central directory tells of it.</summary>
/// <param name="Method">0 stored, 8 deflated.</param>
/// <param name="UnixMode">With the type bits; 0 when it was not made on Unix.</param>
/// <param name="Offset">Of its local header.</param>
internal sealed record ZipEntry(string Name, int Method, int Flags, uint Crc, long CompressedSize, long Size, DateTime ModifiedAt, int UnixMode, long Offset)
{
    private const int LinkType = 0xA000;
    private const int TypeBits = 0xF000;

    public bool IsDirectory => Name.EndsWith('/');

    public bool IsSymbolicLink => (UnixMode & TypeBits) == LinkType;

    public bool IsEncrypted => (Flags & 1) != 0;

    /// <summary>From the date and time of DOS, which have no zone and steps of two seconds.</summary>
    public static DateTime FromDos(int date, int time)
    {
        int year = 1980 + (date >> 9), month = Math.Clamp((date >> 5) & 15, 1, 12);
        int day = Math.Clamp(date & 31, 1, DateTime.DaysInMonth(year, month));
        return new DateTime(year, month, day, Math.Min(time >> 11, 23), Math.Min((time >> 5) & 63, 59), Math.Min((time & 31) * 2, 59), DateTimeKind.Utc);
    }

    public static (ushort Date, ushort Time) ToDos(DateTime time)
    {
        if (time.Year < 1980) time = new DateTime(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        return ((ushort)(((Math.Min(time.Year, 2107) - 1980) << 9) | (time.Month << 5) | time.Day), (ushort)((time.Hour << 11) | (time.Minute << 5) | (time.Second / 2)));
    }
}
