namespace Offstage.Shell;

/// <summary>How a file is opened; combined as the flags of open(2) are.</summary>
[Flags]
public enum FileOpening
{
    Read = 1,
    Write = 2,

    /// <summary>Every write goes to the end, atomically.</summary>
    Append = 4,
    Create = 8,

    /// <summary>With <see cref="Create"/>: it is an error when the name exists, even as a dangling symbolic link.</summary>
    Exclusive = 16,
    Truncate = 32,

    /// <summary>A symbolic link as the last component is an error instead of being followed.</summary>
    NoFollow = 64,
}
