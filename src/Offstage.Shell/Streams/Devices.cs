using System.Security.Cryptography;

namespace Offstage.Shell.Streams;

/// <summary>The device files that a shell has: nothing of the host is behind them.</summary>
internal sealed class Device : FileDescription
{
    public static readonly Device Null = new(DeviceKind.Null);
    public static readonly Device Zero = new(DeviceKind.Zero);
    public static readonly Device Random = new(DeviceKind.Random);
    public static readonly Device Full = new(DeviceKind.Full);

    private readonly DeviceKind kind;

    private Device(DeviceKind kind) => this.kind = kind;

    private enum DeviceKind
    {
        Null = 3,
        Zero = 5,
        Full = 7,
        Random = 9,
    }

    public override bool CanSeek => true;

    public override FileStatus Status => Synthetic(FileKind.CharacterDevice, (long)kind);

    /// <summary>By its path; null when no such device exists.</summary>
    public static Device? Find(string path) => path switch
    {
        "/dev/null" => Null,
        "/dev/zero" => Zero,
        "/dev/full" => Full,
        "/dev/urandom" or "/dev/random" => Random,
        _ => null,
    };

    public override FileError Read(Span<byte> buffer, Interruption interruption, out int count)
    {
        interruption.Check();
        count = kind == DeviceKind.Null ? 0 : buffer.Length;
        if (kind == DeviceKind.Random)
            RandomNumberGenerator.Fill(buffer);
        else
            buffer[..count].Clear();
        return FileError.None;
    }

    public override FileError Write(ReadOnlySpan<byte> bytes, Interruption interruption)
    {
        interruption.Check();
        return kind == DeviceKind.Full ? FileError.NoSpace : FileError.None;
    }

    public override FileError Seek(long offset, SeekOrigin origin, out long position)
    {
        position = 0;
        return FileError.None;
    }

    // The devices are there for ever.
    protected override void Close()
    {
    }
}
