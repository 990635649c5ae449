using System.Runtime.InteropServices;

namespace Offstage.Following;

/// <summary>Ctrl-C and SIGTERM: once asks, twice leaves, and a third time nothing holds the process any more.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource first = new();
    private readonly CancellationTokenSource second = new();
    private readonly PosixSignalRegistration[] registrations;
    private int count;

    public Interrupts()
    {
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Take),
        ];
    }

    /// <summary>A person wants this to end.</summary>
    public CancellationToken First => first.Token;

    /// <summary>A person wants to be gone at once.</summary>
    public CancellationToken Second => second.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        first.Dispose();
        second.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        int times = Interlocked.Increment(ref count);
        // A terminal that went away does not come back for a second one.
        if (context.Signal == PosixSignal.SIGHUP && times == 1)
            times = 2;
        if (times >= 3)
            Environment.Exit(ExitCodes.Failed);
        first.Cancel();
        if (times == 2)
            second.Cancel();
    }
}
