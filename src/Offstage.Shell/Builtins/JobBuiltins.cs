using System.Globalization;
using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

internal sealed class JobsBuiltin : IBuiltin
{
    public string Name => "jobs";

    public string Usage => "jobs [-lnprs] [jobspec ...] or jobs -x command [args]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("lnprsx", out int next, out int status) is not { } options)
            return status;
        JobTable jobs = call.Process.Jobs;
        IEnumerable<Job> shown = jobs.All;
        if (next < call.Arguments.Count)
        {
            var chosen = new List<Job>();
            foreach (string specification in call.Arguments.Skip(next))
            {
                if (jobs.Find(specification) is { } job)
                {
                    chosen.Add(job);
                    continue;
                }

                call.Complain($"{specification}: no such job");
                status = 1;
            }

            shown = chosen;
        }

        foreach (Job job in shown.ToArray())
        {
            bool done = job.Process.IsDone;
            if (options.Exists(o => o.Letter == 'r') && done)
                continue;
            if (options.Exists(o => o.Letter == 's'))
                continue;
            if (options.Exists(o => o.Letter == 'p'))
            {
                call.WriteLine(job.Pid.ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                char mark = job == jobs.Current ? '+' : job == jobs.Previous ? '-' : ' ';
                string state = !done ? "Running" : job.Process.Status == 0 ? "Done" : job.Process.Status > 128 && Signals.Name(job.Process.Status - 128) is { } signal ? WaitBuiltin.SignalText(signal) : $"Exit {job.Process.Status}";
                string pid = options.Exists(o => o.Letter == 'l') ? $"{job.Pid,5} " : " ";
                call.WriteLine($"[{job.Number}]{mark} {pid}{state,-24}{job.Text}{(done ? "" : " &")}");
            }

            if (done)
                jobs.Remove(job);
        }

        return status;
    }
}

internal sealed class WaitBuiltin : IBuiltin
{
    public string Name => "wait";

    public string Usage => "wait [-fn] [-p var] [id ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("fnp:", out int next, out int status) is not { } options)
            return status;
        ShellProcess process = call.Process;
        string? variable = options.LastOrDefault(o => o.Letter == 'p').Value;
        if (variable is not null)
            _ = process.Variables.Unset(variable);
        List<string> ids = call.Arguments.GetRange(next, call.Arguments.Count - next);
        status = Wait(call, ids, variable, options.Exists(o => o.Letter == 'n'));
        process.ForgetEndedCoprocess();
        return status;
    }

    private static int Wait(BuiltinCall call, List<string> ids, string? variable, bool any)
    {
        ShellProcess process = call.Process;
        int status = 0;
        if (any)
            return WaitForAny(call, ids, variable);
        if (ids.Count == 0)
        {
            foreach (Job job in process.Jobs.All.ToArray())
            {
                if (!process.WaitFor(job.Process))
                    return Interrupted(process);
                process.Jobs.Remove(job);
            }

            return 0;
        }

        foreach (string id in ids)
        {
            ProcessHandle? handle = Find(call, id, out status);
            if (handle is null)
                continue;
            if (!process.WaitFor(handle))
                return Interrupted(process);
            status = handle.Status;
            if (variable is not null)
                process.Variables.Assign(variable, handle.Process.Pid.ToString(CultureInfo.InvariantCulture));
            if (process.Jobs.FindByPid(handle.Process.Pid) is { } job)
            {
                process.Jobs.Remove(job);
                process.Jobs.AddHidden(handle);
            }
        }

        return status;
    }

    public static string SignalText(string signal) => signal switch
    {
        "TERM" => "Terminated",
        "KILL" => "Killed",
        "HUP" => "Hangup",
        "INT" => "Interrupt",
        _ => signal,
    };

    private static int Interrupted(ShellProcess process)
    {
        int signal = process.PendingSignal;
        process.RunPendingTraps();
        return 128 + signal;
    }

    private static ProcessHandle? Find(BuiltinCall call, string id, out int status)
    {
        status = 127;
        if (id.StartsWith('%'))
        {
            if (call.Process.Jobs.Find(id) is { } job)
                return job.Process;
            call.Complain($"{id}: no such job");
            return null;
        }

        if (!int.TryParse(id, out int pid))
        {
            call.Complain($"`{id}': not a pid or valid job spec");
            status = 1;
            return null;
        }

        if (call.Process.Jobs.FindProcess(pid) is { } handle)
            return handle;
        call.Complain($"pid {pid} is not a child of this shell");
        return null;
    }

    private static int WaitForAny(BuiltinCall call, List<string> ids, string? variable)
    {
        ShellProcess process = call.Process;
        List<ProcessHandle> candidates = ids.Count == 0
            ? [.. process.Jobs.All.Select(j => j.Process)]
            : [.. ids.Select(i => Find(call, i, out _)).OfType<ProcessHandle>()];
        if (candidates.Count == 0)
            return 127;
        while (!candidates.Exists(c => c.IsDone))
        {
            WaitHandle.WaitAny([.. candidates.Take(60).Select(c => c.Done.WaitHandle), process.Interruption.Token.WaitHandle]);
            process.Interruption.Check();
        }

        ProcessHandle ended = candidates.First(c => c.IsDone);
        if (variable is not null)
            process.Variables.Assign(variable, ended.Process.Pid.ToString(CultureInfo.InvariantCulture));
        if (process.Jobs.FindByPid(ended.Process.Pid) is { } job)
            process.Jobs.Remove(job);
        return ended.Status;
    }
}

internal sealed class KillBuiltin : IBuiltin
{
    public string Name => "kill";

    public string Usage => "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]";

    public int Run(BuiltinCall call)
    {
        List<string> arguments = call.Arguments;
        if (arguments.Count == 1)
            return call.ComplainUsage();
        if (arguments[1] is "-l" or "-L")
            return List(call);
        int signal = Signals.Terminate;
        int next = 1;
        if (arguments[1] is "-s" or "-n")
        {
            if (arguments.Count < 3)
            {
                call.Complain($"{arguments[1]}: option requires an argument");
                return 1;
            }

            if (!TrySignal(call, arguments[2], out signal))
                return 1;
            next = 3;
        }
        else if (arguments[1].Length > 1 && arguments[1][0] == '-' && arguments[1] != "--")
        {
            if (!TrySignal(call, arguments[1][1..], out signal))
                return 1;
            next = 2;
        }

        if (next < arguments.Count && arguments[next] == "--")
            next++;
        if (next == arguments.Count)
            return call.ComplainUsage();
        int status = 0;
        foreach (string target in arguments.Skip(next))
            status |= Send(call, target, signal);
        return status;
    }

    private static bool TrySignal(BuiltinCall call, string text, out int signal)
    {
        signal = Signals.Find(text) ?? -1;
        if (signal < 0)
            call.Complain($"{text}: invalid signal specification");
        return signal >= 0;
    }

    private static int Send(BuiltinCall call, string target, int signal)
    {
        ShellProcess process = call.Process;
        if (target.StartsWith('%'))
        {
            if (process.Jobs.Find(target) is not { } job)
            {
                call.Complain($"{target}: no such job");
                return 1;
            }

            if (!job.Process.IsDone)
                job.Process.Process.Signal(signal);
            return 0;
        }

        if (!int.TryParse(target, out int pid))
        {
            call.Complain($"{target}: arguments must be process or job IDs");
            return 1;
        }

        ShellProcess? found = pid == process.Pid ? process : process.Session.Find(Math.Abs(pid));
        if (pid == 0)
            found = process;
        if (found is null)
        {
            call.Complain($"({pid}) - No such process");
            return 1;
        }

        found.Signal(signal);
        if (found == process)
        {
            process.Interruption.Check();
            process.RunPendingTraps();
            if (process.Flow == Flow.Exit)
                return process.LastStatus;
        }

        return 0;
    }

    private static int List(BuiltinCall call)
    {
        if (call.Arguments.Count == 2)
        {
            int column = 0;
            for (int number = 1; number <= Signals.Max; number++)
            {
                if (Signals.Name(number) is not { } name)
                    continue;
                call.Write($"{number,2}) SIG{name}");
                call.Write(++column % 5 == 0 ? "\n" : "\t");
            }

            call.Write(column % 5 == 0 ? "" : "\n");
            return 0;
        }

        int status = 0;
        foreach (string argument in call.Arguments.Skip(2))
        {
            if (int.TryParse(argument, out int number))
            {
                number = number > 128 ? number - 128 : number;
                if (Signals.Name(number) is { } name)
                {
                    call.WriteLine(name);
                    continue;
                }
            }
            else if (Signals.Find(argument) is { } found)
            {
                call.WriteLine(found.ToString(CultureInfo.InvariantCulture));
                continue;
            }

            call.Complain($"{argument}: invalid signal specification");
            status = 1;
        }

        return status;
    }
}

internal sealed class DisownBuiltin : IBuiltin
{
    public string Name => "disown";

    public string Usage => "disown [-h] [-ar] [jobspec ... | pid ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("har", out int next, out int status) is not { } options)
            return status;
        JobTable jobs = call.Process.Jobs;
        bool all = options.Exists(o => o.Letter is 'a' or 'r');
        IEnumerable<Job?> chosen = all ? jobs.All : next == call.Arguments.Count ? [jobs.Current]
            : call.Arguments.Skip(next).Select(s => int.TryParse(s, out int pid) && !s.StartsWith('%') ? jobs.FindByPid(pid) : jobs.Find(s));
        int at = next;
        foreach (Job? job in chosen.ToArray())
        {
            if (job is null)
            {
                call.Complain($"{(at < call.Arguments.Count ? call.Arguments[at] : "current")}: no such job");
                status = 1;
            }
            else if (!options.Exists(o => o.Letter == 'h'))
            {
                jobs.Remove(job);
            }

            at++;
        }

        return status;
    }
}

/// <summary><c>fg</c>, <c>bg</c>, <c>suspend</c> and <c>logout</c>: without job control and a terminal there is nothing they could do.</summary>
internal sealed class ForegroundBuiltin(string name) : IBuiltin
{
    public string Name => name;

    public string Usage => $"{name} [job_spec]";

    public int Run(BuiltinCall call)
    {
        call.Complain(name switch
        {
            "suspend" => "cannot suspend: no job control",
            "logout" => "not login shell: use `exit'",
            _ => "no job control",
        });
        return 1;
    }
}
