using System.Text.Json;
using Offstage.Kill.Tests.World;

namespace Offstage.Kill.Tests.Load;

/// <summary>One person at work: makes a session, asks, answers, interrupts, archives, deletes, and begins anew.</summary>
/// <param name="codexIsUnwalled">Codex is installed where a sandbox has a folder of its own.</param>
internal sealed class LoadClient(KillWorld world, Api api, Ledger ledger, string agent, bool codexIsUnwalled, string name, Random random)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(3);

    private int made;

    /// <param name="ending">Begin nothing more. What was begun is seen through: its answer has to be known.</param>
    public async Task RunAsync(CancellationToken ending, CancellationToken cancellationToken)
    {
        while (!ending.IsCancellationRequested)
            await LiveAsync(ending, cancellationToken);
    }

    private async Task LiveAsync(CancellationToken ending, CancellationToken cancellationToken)
    {
        var session = await CreateAsync(cancellationToken);
        int acts = random.Next(2, 7);
        for (int i = 0; i < acts && !ending.IsCancellationRequested; i++)
        {
            await AskAsync(session, cancellationToken);
            if (random.Next(4) == 0)
                await AskAsync(session, cancellationToken);
            await AttendAsync(session, cancellationToken);
            if (random.Next(10) == 0)
                await ArchiveAsync(session, cancellationToken);
        }

        if (random.Next(3) == 0)
            await DeleteAsync(session, cancellationToken);
        else if (random.Next(3) == 0)
            await ArchiveAsync(session, cancellationToken, andBack: false);
    }

    private async Task<SessionRecord> CreateAsync(CancellationToken cancellationToken)
    {
        string key = $"{name}-create-{++made}";
        string? first = random.Next(2) == 0 ? Text(key) : null;
        object workspace = random.Next(3) == 0 ? new { kind = "repository", path = world.Repository } : new { kind = "none" };
        var body = new
        {
            workspace,
            agent,
            prompt = first,
            limits = new
            {
                stopTimeoutMs = 1000,
                requestTimeoutMs = 2000,
                idleTimeoutMs = random.Next(2) == 0 ? 1500 : 60_000,
                provisionTimeoutMs = 20_000,
                turnTimeoutMs = 6_000,
                onAgentLost = random.Next(4) == 0 ? "continue" : "end",
            },
            sandbox = new { isolation = random.Next(3) == 0 || (agent == "codex" && codexIsUnwalled) ? "none" : "process" },
        };
        var answer = await api.PostAsync("/v1/sessions", body, key, cancellationToken);
        Assert.True(answer.Status == 201, $"Create: {answer.Status} {answer.Body}");
        string id = answer.Body.GetProperty("id").GetString()!;
        var record = new SessionRecord(id, agent, new Subscriber(world, api, id, bySocket: random.Next(2) == 0));
        if (first is not null)
            record.Add(new AcceptedPrompt(key, null, null, first));
        ledger.Add(record);
        if (random.Next(4) == 0)
        {
            var again = await api.PostAsync("/v1/sessions", body, key, cancellationToken);
            if (again.Status != 201 || again.Body.GetProperty("id").GetString() != id)
                ledger.Report($"K8: {id}: its key gave {again.Status} {again.Body}");
        }

        return record;
    }

    private async Task AskAsync(SessionRecord session, CancellationToken cancellationToken)
    {
        string key = $"{name}-prompt-{++made}";
        string text = Text(key);
        var answer = await api.PostAsync($"/v1/sessions/{session.Id}/prompts", new { text }, key, cancellationToken);
        if (answer.Status == 429)
            return;
        if (answer.Status != 202)
        {
            ledger.Report($"K1: {session.Id}: a prompt was refused: {answer.Status} {answer.Body}");
            return;
        }

        string prompt = answer.Body.GetProperty("id").GetString()!;
        session.Add(new AcceptedPrompt(key, prompt, key, text));
        if (random.Next(4) != 0)
            return;
        var again = await api.PostAsync($"/v1/sessions/{session.Id}/prompts", new { text }, key, cancellationToken);
        if (again.Status != 202 || again.Body.GetProperty("id").GetString() != prompt)
            ledger.Report($"K8: {session.Id}: the key of {prompt} gave {again.Status} {again.Body}");
    }

    /// <summary>Stays for a while: answers what is asked, or loses patience and interrupts.</summary>
    private async Task AttendAsync(SessionRecord session, CancellationToken cancellationToken)
    {
        long from = session.Watch.Last;
        var patience = PatienceMax * random.NextDouble();
        var e = await session.Watch.FindAsync(
            e => e.GetProperty("sequence").GetInt64() > from && Kind(e) is "turn.ended" or "request.opened", patience, cancellationToken);
        if (e is { } opened && Kind(opened) == "request.opened" && random.Next(4) != 0)
            await AnswerAsync(session, opened.GetProperty("data"), cancellationToken);
        else if (e is null && random.Next(3) == 0)
            await api.PostAsync($"/v1/sessions/{session.Id}/interrupt", null, null, cancellationToken);
    }

    private async Task AnswerAsync(SessionRecord session, JsonElement opened, CancellationToken cancellationToken)
    {
        string request = opened.GetProperty("request").GetString()!;
        object answer = opened.GetProperty("body").GetProperty("type").GetString() == "questions"
            ? new { type = "answers", byQuestion = new Dictionary<string, string[]> { ["answer"] = ["yes"] } }
            : new { type = random.Next(3) == 0 ? "decline" : "approve" };
        var answered = await api.PostAsync($"/v1/sessions/{session.Id}/requests/{request}/answer", new { answer }, null, cancellationToken);
        if (answered.Status is not (202 or 409))
            ledger.Report($"K1: {session.Id}: an answer was refused: {answered.Status} {answered.Body}");
    }

    private async Task ArchiveAsync(SessionRecord session, CancellationToken cancellationToken, bool andBack = true)
    {
        session.KeepMarks(await WorkspaceMarks.ReadAsync(api, session.Id, cancellationToken));
        await api.PostAsync($"/v1/sessions/{session.Id}/archive", null, null, cancellationToken);
        if (!andBack)
            return;
        var back = await api.PostAsync($"/v1/sessions/{session.Id}/unarchive", null, null, cancellationToken);
        if (back.Status is not (202 or 409))
            ledger.Report($"K1: {session.Id}: could not be unarchived: {back.Status} {back.Body}");
    }

    private async Task DeleteAsync(SessionRecord session, CancellationToken cancellationToken)
    {
        session.IsDeleted = true;
        await api.SendAsync(HttpMethod.Delete, $"/v1/sessions/{session.Id}", null, null, cancellationToken);
    }

    private string Text(string mark) => agent == "codex" ? PromptScripts.OfCodex(mark, random) : PromptScripts.OfScript(mark, random);

    private static string? Kind(JsonElement e) => e.GetProperty("kind").GetString();
}
