using System.Buffers.Binary;
using System.IO.Compression;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>Puts a zip archive together in memory.</summary>
internal sealed class ZipArchiveWriter(CommandContext context) : IDisposable
{
    private const int PieceSize = 32 * 1024;

    private readonly MemoryStream archive = new();
    private readonly List<ZipEntry> entries = [];
    private long held;

    public int Count => entries.Count;

    /// <param name="level">0 stores; a member that deflating would not make smaller is stored too.</param>
    public ZipEntry Add(string name, byte[] content, DateTime modifiedAt, int unixMode, int level)
    {
        var crc = default(Crc32);
        crc.Add(content);
        byte[] data = content;
        int method = 0;
        if (level > 0 && content.Length > 0)
        {
            using var packed = new MemoryStream();
            using (var deflate = new DeflateStream(packed, GzipCodec.Level(level), leaveOpen: true)) Write(deflate, content);
            if (packed.Length < content.Length) (data, method) = (packed.ToArray(), 8);
        }

        var entry = new ZipEntry(name, method, 0, crc.Value, data.Length, content.Length, modifiedAt, unixMode, archive.Length);
        Append(entry, data);
        return entry;
    }

    /// <summary>Takes a member of another archive over as it is.</summary>
    public void Copy(ZipEntry entry, ReadOnlySpan<byte> compressed) => Append(entry with { Offset = archive.Length, Flags = entry.Flags & ~8 }, compressed);

    public byte[] ToBytes()
    {
        long start = archive.Length;
        foreach (ZipEntry entry in entries) Central(entry);
        byte[] end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054B50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)entries.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)entries.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)(archive.Length - start));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)start);
        archive.Write(end);
        return archive.ToArray();
    }

    public void Dispose()
    {
        context.Budget.Release(held);
        archive.Dispose();
    }

    /// <summary>In pieces, for a run that ends to end soon.</summary>
    private void Write(DeflateStream stream, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            context.Check();
            int length = Math.Min(content.Length, PieceSize);
            stream.Write(content[..length]);
            content = content[length..];
        }
    }

    private void Append(ZipEntry entry, ReadOnlySpan<byte> data)
    {
        context.Budget.Hold(data.Length + 200);
        held += data.Length + 200;
        if (archive.Length + data.Length > int.MaxValue / 2 || entries.Count >= ushort.MaxValue) throw new CommandFailedException("archive too large", 6);
        byte[] name = Latin.Bytes(entry.Name);
        byte[] head = new byte[30];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0x04034B50);
        Common(entry, head.AsSpan(4), name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(28), 9);
        archive.Write(head);
        archive.Write(name);
        archive.Write(TimeField(entry));
        archive.Write(data);
        entries.Add(entry);
    }

    private void Central(ZipEntry entry)
    {
        byte[] name = Latin.Bytes(entry.Name);
        byte[] head = new byte[46];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0x02014B50);
        head[4] = 30;
        head[5] = 3;
        Common(entry, head.AsSpan(6), name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(30), 9);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(38), ((uint)entry.UnixMode << 16) | (entry.IsDirectory ? 0x10u : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(42), (uint)entry.Offset);
        archive.Write(head);
        archive.Write(name);
        archive.Write(TimeField(entry));
    }

    /// <summary>From "version needed" to the length of the name, which both headers have alike.</summary>
    private static void Common(ZipEntry entry, Span<byte> head, int nameLength)
    {
        var (date, time) = ZipEntry.ToDos(entry.ModifiedAt);
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(entry.Method == 8 || entry.IsDirectory ? 20 : 10));
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)entry.Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], (ushort)entry.Method);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], time);
        BinaryPrimitives.WriteUInt16LittleEndian(head[8..], date);
        BinaryPrimitives.WriteUInt32LittleEndian(head[10..], entry.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(head[14..], (uint)entry.CompressedSize);
        BinaryPrimitives.WriteUInt32LittleEndian(head[18..], (uint)entry.Size);
        BinaryPrimitives.WriteUInt16LittleEndian(head[22..], (ushort)nameLength);
    }

    private static byte[] TimeField(ZipEntry entry)
    {
        byte[] field = [0x55, 0x54, 5, 0, 1, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(field.AsSpan(5), (int)Math.Clamp((entry.ModifiedAt - DateTime.UnixEpoch).TotalSeconds, int.MinValue, int.MaxValue));
        return field;
    }
}
