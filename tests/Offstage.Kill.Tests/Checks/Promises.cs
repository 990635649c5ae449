using System.Text.Json;
using Offstage.Kill.Tests.Load;
using Offstage.Kill.Tests.World;

namespace Offstage.Kill.Tests.Checks;

/// <summary>
/// What must hold, by number (README.md). Everything is read from outside: over HTTP, from the workspaces, from <c>/proc</c>.
/// </summary>
internal sealed class Promises(KillWorld world, Api api, Ledger ledger)
{
    private static readonly string[] AtWork = ["provisioning", "running", "awaiting_input", "stopping"];
    private static readonly TimeSpan DeadlineGrace = TimeSpan.FromSeconds(5);

    /// <summary>K1, K2, K3, K7, K8 for every session whose client is done with it.</summary>
    public async Task<IReadOnlyList<string>> CheckSessionsAsync(CancellationToken cancellationToken)
    {
        var broken = new List<string>(ledger.Violations);
        foreach (var session in ledger.Sessions)
        {
            broken.AddRange(session.Watch.Violations);
            var log = await api.ReadEventsAsync(session.Id, cancellationToken);
            if (log is null)
            {
                if (!session.IsDeleted)
                    broken.Add($"K1: {session.Id} is gone and nobody deleted it");
                continue;
            }

            if (session.IsDeleted)
            {
                broken.Add($"K1: {session.Id} was deleted and is still there");
                continue;
            }

            CheckSeen(session, log, broken);
            List<IReadOnlyList<string>> marks = [.. session.EarlierMarks, await WorkspaceMarks.ReadAsync(api, session.Id, cancellationToken)];
            foreach (var prompt in session.Prompts)
                CheckPrompt(session, prompt, log, marks, broken);
            foreach (var prompt in session.Prompts.Where(p => p.Key is not null))
                await CheckKeyAsync(session, prompt, broken, cancellationToken);
        }

        return broken;
    }

    /// <summary>K1 in the middle of the load: what was accepted is there, once.</summary>
    public async Task<IReadOnlyList<string>> CheckAcceptedAsync(CancellationToken cancellationToken)
    {
        var broken = new List<string>();
        foreach (var session in ledger.Sessions.TakeLast(24))
        {
            var prompts = session.Prompts.ToArray();
            var log = await api.ReadEventsAsync(session.Id, cancellationToken);
            if (session.IsDeleted)
                continue;
            if (log is null)
            {
                broken.Add($"K1: {session.Id} is gone and nobody deleted it");
                continue;
            }

            foreach (var prompt in prompts)
            {
                if (Queued(log, prompt).Count != 1)
                    broken.Add($"K1: {session.Id}: accepted prompt {prompt.Mark} is there {Queued(log, prompt).Count} times");
            }
        }

        return broken;
    }

    /// <summary>K4: no session is at work beyond its deadline; and, once settled, none is at work at all.</summary>
    public async Task<IReadOnlyList<string>> CheckAtWorkAsync(bool settled, CancellationToken cancellationToken)
    {
        var broken = new List<string>();
        var page = await api.GetAsync($"/v1/sessions?limit=200&status={string.Join(',', AtWork)}", cancellationToken);
        foreach (var summary in page.Body.GetProperty("sessions").EnumerateArray())
        {
            var view = await api.GetAsync($"/v1/sessions/{summary.GetProperty("id").GetString()}", cancellationToken);
            if (!view.IsSuccess || !AtWork.Contains(view.Body.GetProperty("status").GetString()))
                continue;
            string what = $"{view.Body.GetProperty("id")} is {view.Body.GetProperty("status")} ({view.Body.GetProperty("explanation").GetProperty("why")})";
            if (settled)
                broken.Add($"K4: {what} although nothing was asked any more");
            else if (!view.Body.GetProperty("explanation").TryGetProperty("until", out var until))
                broken.Add($"K4: {what} without a deadline");
            else if (until.GetDateTimeOffset() + DeadlineGrace < DateTimeOffset.UtcNow)
                broken.Add($"K4: {what} since its deadline of {until}");
        }

        return broken;
    }

    /// <summary>K5, K6: what there is of processes, sandboxes and work trees has a session.</summary>
    public async Task<IReadOnlyList<string>> CheckOwnersAsync(CancellationToken cancellationToken)
    {
        var owned = await OwnedSandboxesAsync(cancellationToken);
        var broken = new List<string>();
        foreach (var process in world.Processes.Find(world.Server.Pid))
        {
            if (HomeProcesses.SandboxOf(process) is not { } sandbox || !owned.Contains(sandbox))
                broken.Add($"K5: no row owns process {HomeProcesses.Describe(process)}");
        }

        foreach (string sandbox in world.SandboxFolders().Select(f => Path.GetFileName(f)!))
        {
            if (!owned.Contains(sandbox))
                broken.Add($"K6: no row owns the folder of {sandbox}");
        }

        string worktrees = Path.Combine(world.Repository, ".git", "worktrees");
        foreach (string worktree in Directory.Exists(worktrees) ? Directory.GetDirectories(worktrees) : [])
        {
            string gitdir = (await File.ReadAllTextAsync(Path.Combine(worktree, "gitdir"), cancellationToken)).Trim();
            if (!owned.Any(sandbox => gitdir.Contains(sandbox, StringComparison.Ordinal)))
                broken.Add($"K6: no row owns the work tree {gitdir}");
        }

        return broken;
    }

    private async Task<HashSet<string>> OwnedSandboxesAsync(CancellationToken cancellationToken)
    {
        var owned = new HashSet<string>();
        foreach (var session in ledger.Sessions)
        {
            foreach (var e in await api.ReadEventsAsync(session.Id, cancellationToken) ?? [])
            {
                if (Kind(e) == "provisioning.started")
                    owned.Add(Data(e, "sandbox")!);
                else if (Kind(e) == "sandbox.destroyed")
                    owned.Remove(Data(e, "sandbox")!);
            }
        }

        return owned;
    }

    private static void CheckSeen(SessionRecord session, IReadOnlyList<JsonElement> log, List<string> broken)
    {
        var seen = session.Watch.Events;
        if (seen.Count != log.Count)
        {
            broken.Add($"K7: {session.Id} has {log.Count} events and its subscriber saw {seen.Count}");
            return;
        }

        for (int i = 0; i < log.Count; i++)
        {
            if (!JsonElement.DeepEquals(seen[i], log[i]))
                broken.Add($"K7: {session.Id}: event {i + 1} was seen as {seen[i]} and is {log[i]}");
        }
    }

    private static void CheckPrompt(
        SessionRecord session, AcceptedPrompt prompt, IReadOnlyList<JsonElement> log, List<IReadOnlyList<string>> marks, List<string> broken)
    {
        var queued = Queued(log, prompt);
        if (queued.Count != 1)
        {
            broken.Add($"K1: {session.Id}: accepted prompt {prompt.Mark} is there {queued.Count} times");
            return;
        }

        string id = Data(queued[0], "prompt")!;
        if (prompt.Prompt is { } told && told != id)
            broken.Add($"K1: {session.Id}: prompt {prompt.Mark} was answered as {told} and is {id}");
        string turn = "trn_" + id["prm_".Length..];
        int withdrawn = log.Count(e => Kind(e) == "prompt.withdrawn" && Data(e, "prompt") == id);
        int created = log.Count(e => Kind(e) == "turn.created" && Data(e, "turn") == turn);
        var ends = log.Where(e => Kind(e) == "turn.ended" && Data(e, "turn") == turn).ToList();
        if (withdrawn + created == 0 && Kind(log.Last(e => Kind(e) is "session.failed" or "turn.created" or "prompt.withdrawn" or "session.created")) == "session.failed")
        {
            // It waits for a person, who was told why; only what was not meant to fail is worth a word.
            broken.Add($"K2: {session.Id}: prompt {prompt.Mark} waits in a session that failed: {log.Last(e => Kind(e) == "session.failed").GetProperty("data")}");
            return;
        }

        if (withdrawn + created != 1 || ends.Count != created)
        {
            broken.Add($"K2: {session.Id}: prompt {prompt.Mark} was withdrawn {withdrawn} times, its turn began {created} times and ended {ends.Count} times");
            return;
        }

        int ran = marks.Max(workspace => workspace.Count(m => m == prompt.Mark));
        if (ran > 1)
            broken.Add($"K3: {session.Id}: the turn of {prompt.Mark} ran {ran} times");
        bool completed = created == 1 && ends[0].GetProperty("data").GetProperty("outcome").GetProperty("type").GetString() == "completed";
        bool declined = prompt.Text.StartsWith("@approve", StringComparison.Ordinal);
        if (completed && ran == 0 && !declined && session.Agent == "script" && !log.Any(e => Kind(e) == "sandbox.released" || Kind(e) == "turn.continued"))
            broken.Add($"K3: {session.Id}: the turn of {prompt.Mark} is completed and left no mark");
    }

    private async Task CheckKeyAsync(SessionRecord session, AcceptedPrompt prompt, List<string> broken, CancellationToken cancellationToken)
    {
        var again = await api.PostAsync($"/v1/sessions/{session.Id}/prompts", new { text = prompt.Text }, prompt.Key, cancellationToken);
        if (again.Status != 202 || again.Body.GetProperty("id").GetString() != prompt.Prompt)
            broken.Add($"K8: {session.Id}: the key of {prompt.Mark} gives {again.Status} {again.Body} and gave {prompt.Prompt}");
    }

    private static List<JsonElement> Queued(IReadOnlyList<JsonElement> log, AcceptedPrompt prompt)
        => [.. log.Where(e => Kind(e) == "prompt.queued" && Data(e, "text") == prompt.Text
            && !(e.GetProperty("data").TryGetProperty("retryOf", out var retry) && retry.ValueKind == JsonValueKind.String))];

    private static string? Kind(JsonElement e) => e.GetProperty("kind").GetString();

    private static string? Data(JsonElement e, string name) => e.GetProperty("data").GetProperty(name).GetString();
}
