using System.Buffers.Binary;
using System.IO.Compression;

namespace Offstage.Shell.Commands.Archives;

/// <summary>Compresses and expands streams.</summary>
internal static class GzipCodec
{
    private const int BlockSize = 64 * 1024;

    public static CompressionLevel Level(int level) => level switch
    {
        <= 3 => CompressionLevel.Fastest,
        >= 9 => CompressionLevel.SmallestSize,
        _ => CompressionLevel.Optimal,
    };

    /// <returns>How many bytes were read.</returns>
    public static long Compress(Stream input, Stream output, GzipHeader header, int level)
    {
        output.Write(header.ToBytes(level));
        var crc = default(Crc32);
        long total = 0;
        byte[] buffer = new byte[BlockSize];
        using (var deflate = new DeflateStream(output, Level(level), leaveOpen: true))
        {
            int count;
            while ((count = input.Read(buffer)) > 0)
            {
                crc.Add(buffer.AsSpan(0, count));
                total += count;
                deflate.Write(buffer, 0, count);
            }
        }

        // Where nothing was written .NET leaves out even the empty block.
        if (total == 0) output.Write([3, 0]);
        byte[] tail = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, crc.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(tail.AsSpan(4), (uint)total);
        output.Write(tail);
        return total;
    }

    /// <summary>Expands all members that follow each other.</summary>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="InvalidDataException">It is broken.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    public static long Expand(DescriptionStream input, Stream output)
    {
        byte[] buffer = new byte[BlockSize];
        long total = 0;
        using var gzip = new GZipStream(input, CompressionMode.Decompress, leaveOpen: true);
        int count;
        while ((count = gzip.Read(buffer)) > 0)
        {
            output.Write(buffer, 0, count);
            total += count;
        }

        // .NET says nothing of a stream that ends early. The last member's size, which stands at the very end, is not greater than what came.
        if (input.Count < MemberMin || BinaryPrimitives.ReadUInt32LittleEndian(input.Last8.AsSpan(4)) > total) throw new EndOfStreamException();
        return total;
    }

    /// <summary>The header, an empty block and the sums.</summary>
    private const int MemberMin = 20;
}
