namespace Offstage.Shell.Execution;

/// <summary>Threads for processes that run beside others. They have stacks of a known size, are kept for a while, and are bounded in number.</summary>
internal static class WorkerThreads
{
    private const int StackSize = 4 << 20;
    private const int ThreadsMax = 4096;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private static readonly Lock Gate = new();
    private static readonly Stack<Worker> Idle = new();
    private static int threads;

    /// <summary>Runs something on a thread of its own.</summary>
    /// <returns>False when there are too many already.</returns>
    public static bool TryRun(Action action)
    {
        Worker? worker;
        lock (Gate)
        {
            if (!Idle.TryPop(out worker))
            {
                if (threads >= ThreadsMax)
                    return false;
                threads++;
            }
        }

        if (worker is not null)
        {
            worker.Give(action);
            return true;
        }

        worker = new Worker(action);
        return true;
    }

#pragma warning disable CA1001 // Its semaphore lives as long as its thread.
    private sealed class Worker
#pragma warning restore CA1001
    {
        private readonly SemaphoreSlim ready = new(0);
        private Action? action;

        public Worker(Action first)
        {
            action = first;
            new Thread(Loop, StackSize) { IsBackground = true, Name = "shell" }.Start();
        }

        public void Give(Action next)
        {
            action = next;
            ready.Release();
        }

        private void Loop()
        {
            while (true)
            {
                action!();
                action = null;
                lock (Gate)
                    Idle.Push(this);
                if (ready.Wait(IdleTime))
                    continue;
                lock (Gate)
                {
                    // Who is not idle any more has been chosen for work that is about to be given.
                    if (Idle.Contains(this))
                    {
                        Remove();
                        threads--;
                        return;
                    }
                }

                ready.Wait();
            }
        }

        private void Remove()
        {
            Worker[] others = [.. Idle.Where(w => w != this).Reverse()];
            Idle.Clear();
            foreach (Worker other in others)
                Idle.Push(other);
        }
    }
}
