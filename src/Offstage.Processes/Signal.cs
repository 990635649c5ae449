namespace Offstage.Processes;

/// <summary>The signals this library sends; the numbers are those of Linux.</summary>
public enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}
