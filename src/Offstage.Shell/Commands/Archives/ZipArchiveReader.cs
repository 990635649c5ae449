using System.Buffers.Binary;
using System.IO.Compression;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>A zip archive in memory.</summary>
internal sealed class ZipArchiveReader
{
    private const uint EndMark = 0x06054B50;
    private const uint CentralMark = 0x02014B50;
    private const uint LocalMark = 0x04034B50;
    private const int EndSize = 22;
    private const int CentralSize = 46;
    private const int LocalSize = 30;

    private readonly byte[] bytes;

    private ZipArchiveReader(byte[] bytes, List<ZipEntry> entries, string comment) => (this.bytes, Entries, Comment) = (bytes, entries, comment);

    public IReadOnlyList<ZipEntry> Entries { get; }

    public string Comment { get; }

    /// <returns>Null when it is no zip archive.</returns>
    public static ZipArchiveReader? Open(byte[] bytes)
    {
        int end = -1;
        for (int at = bytes.Length - EndSize; at >= 0 && at >= bytes.Length - EndSize - 65535 && end < 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) == EndMark) end = at;
        }

        if (end < 0) return null;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(end + 10));
        long start = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(end + 16));
        int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(end + 20));
        string comment = Latin.Text(bytes.AsSpan(end + EndSize, Math.Min(commentLength, bytes.Length - end - EndSize)));
        var entries = new List<ZipEntry>();
        for (int i = 0; i < count; i++)
        {
            if (start < 0 || start + CentralSize > bytes.Length) return null;
            ReadOnlySpan<byte> head = bytes.AsSpan((int)start);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head) != CentralMark) return null;
            int name = BinaryPrimitives.ReadUInt16LittleEndian(head[28..]), extra = BinaryPrimitives.ReadUInt16LittleEndian(head[30..]), note = BinaryPrimitives.ReadUInt16LittleEndian(head[32..]);
            if (start + CentralSize + name + extra + note > bytes.Length) return null;
            bool unix = head[5] == 3;
            DateTime time = ZipEntry.FromDos(BinaryPrimitives.ReadUInt16LittleEndian(head[14..]), BinaryPrimitives.ReadUInt16LittleEndian(head[12..]));
            entries.Add(new ZipEntry(
                Latin.Text(head.Slice(CentralSize, name)),
                BinaryPrimitives.ReadUInt16LittleEndian(head[10..]),
                BinaryPrimitives.ReadUInt16LittleEndian(head[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(head[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(head[20..]),
                BinaryPrimitives.ReadUInt32LittleEndian(head[24..]),
                UnixTime(head.Slice(CentralSize + name, extra)) ?? time,
                unix ? BinaryPrimitives.ReadUInt16LittleEndian(head[40..]) : 0,
                BinaryPrimitives.ReadUInt32LittleEndian(head[42..])));
            start += CentralSize + name + extra + note;
        }

        return new(bytes, entries, comment);
    }

    /// <summary>The content as it expands. Reading it throws <see cref="InvalidDataException"/> where it is broken.</summary>
    /// <returns>Null when the member has no header where it should.</returns>
    public Stream? Content(ZipEntry entry)
    {
        if (entry.Offset + LocalSize > bytes.Length || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan((int)entry.Offset)) != LocalMark) return null;
        int name = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan((int)entry.Offset + 26)), extra = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan((int)entry.Offset + 28));
        long start = entry.Offset + LocalSize + name + extra;
        if (start + entry.CompressedSize > bytes.Length) return null;
        var raw = new MemoryStream(bytes, (int)start, (int)entry.CompressedSize, writable: false);
        return entry.Method == 8 ? new DeflateStream(raw, CompressionMode.Decompress) : raw;
    }

    /// <summary>The bytes of a member with its local header's data left out, as they are kept.</summary>
    public ReadOnlySpan<byte> Compressed(ZipEntry entry)
    {
        int name = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan((int)entry.Offset + 26)), extra = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan((int)entry.Offset + 28));
        return bytes.AsSpan((int)entry.Offset + LocalSize + name + extra, (int)entry.CompressedSize);
    }

    private static DateTime? UnixTime(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (4 + length > extra.Length) break;
            if (id == 0x5455 && length >= 5 && (extra[4] & 1) != 0) return DateTime.UnixEpoch.AddSeconds(BinaryPrimitives.ReadInt32LittleEndian(extra[5..]));
            extra = extra[(4 + length)..];
        }

        return null;
    }
}
