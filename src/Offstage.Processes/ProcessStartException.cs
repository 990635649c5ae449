namespace Offstage.Processes;

/// <summary>A program could not be started; no child is left behind.</summary>
public sealed class ProcessStartException(string program, int errno, string message) : Exception(message)
{
    private const int NoSuchFile = 2;
    private const int PermissionDenied = 13;

    public string Program { get; } = program;

    /// <summary>As the kernel said it; 0 when it was not the kernel.</summary>
    public int Errno { get; } = errno;

    /// <summary>The program, its interpreter or the working directory is absent, or may not be executed.</summary>
    public bool IsNotFound => Errno is NoSuchFile or PermissionDenied;
}
