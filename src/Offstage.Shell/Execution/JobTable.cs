namespace Offstage.Shell.Execution;

/// <summary>A background job.</summary>
internal sealed class Job(int number, ProcessHandle process, string text)
{
    public int Number => number;

    public ProcessHandle Process => process;

    public int Pid => process.Process.Pid;

    /// <summary>The command, printed.</summary>
    public string Text => text;

    public bool IsDisowned { get; set; }
}

/// <summary>The jobs of one process, with the statuses of those that ended and were not yet waited for.</summary>
internal sealed class JobTable
{
    private const int RememberedMax = 1024;

    private readonly List<Job> jobs = [];
    private readonly List<ProcessHandle> hidden = [];

    public IReadOnlyList<Job> All => jobs;

    /// <summary>The job of <c>%+</c>; null without jobs.</summary>
    public Job? Current => jobs.Count == 0 ? null : jobs[^1];

    public Job? Previous => jobs.Count < 2 ? Current : jobs[^2];

    public Job Add(ProcessHandle process, string text)
    {
        if (jobs.Count >= RememberedMax)
            jobs.RemoveAll(j => j.Process.IsDone);
        var job = new Job(jobs.Count == 0 ? 1 : jobs.Max(j => j.Number) + 1, process, text);
        jobs.Add(job);
        return job;
    }

    /// <summary>A process that can be waited for by its number alone.</summary>
    public void AddHidden(ProcessHandle process)
    {
        hidden.RemoveAll(p => p.IsDone && hidden.Count >= RememberedMax);
        hidden.Add(process);
    }

    /// <summary>For a subshell: it sees the jobs.</summary>
    public JobTable Fork()
    {
        var fork = new JobTable();
        fork.jobs.AddRange(jobs);
        return fork;
    }

    public void Remove(Job job) => jobs.Remove(job);

    public ProcessHandle? FindProcess(int pid) => jobs.Find(j => j.Pid == pid)?.Process ?? hidden.FindLast(p => p.Process.Pid == pid);

    public Job? FindByPid(int pid) => jobs.Find(j => j.Pid == pid);

    /// <summary>By a specification such as <c>%1</c>, <c>%+</c>, <c>%name</c>; null when there is none.</summary>
    public Job? Find(string specification)
    {
        string name = specification.TrimStart('%');
        if (name is "" or "+" or "%")
            return Current;
        if (name == "-")
            return Previous;
        if (int.TryParse(name, out int number))
            return jobs.Find(j => j.Number == number);
        return name[0] == '?' ? jobs.Find(j => j.Text.Contains(name[1..], StringComparison.Ordinal)) : jobs.Find(j => j.Text.StartsWith(name, StringComparison.Ordinal));
    }
}
