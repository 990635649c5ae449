namespace Offstage.Shell.Streams;

/// <summary>Stands for a descriptor that is closed: every read and write of it is an error.</summary>
internal sealed class ClosedFile : FileDescription
{
    public static readonly ClosedFile Instance = new();

    public override bool CanRead => false;

    public override bool CanWrite => false;

    public override FileStatus Status => Synthetic(FileKind.CharacterDevice, 0);

    protected override void Close()
    {
    }
}
