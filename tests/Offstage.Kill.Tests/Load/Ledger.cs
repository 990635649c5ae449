using System.Collections.Concurrent;

namespace Offstage.Kill.Tests.Load;

/// <summary>What the server has promised: every session and prompt whose acceptance a client has seen.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<SessionRecord> sessions = new();
    private readonly ConcurrentQueue<string> violations = new();

    public IReadOnlyCollection<SessionRecord> Sessions => sessions;

    public IReadOnlyCollection<string> Violations => violations;

    public void Add(SessionRecord session) => sessions.Enqueue(session);

    /// <summary>A client saw a promise broken.</summary>
    public void Report(string violation) => violations.Enqueue(violation);
}

/// <param name="Mark">The line that its turn writes into the workspace.</param>
/// <param name="Prompt">Null when it came with the session.</param>
internal sealed record AcceptedPrompt(string Mark, string? Prompt, string? Key, string Text);

internal sealed class SessionRecord(string id, string agent, Subscriber subscriber)
{
    private readonly ConcurrentQueue<AcceptedPrompt> prompts = new();
    private readonly ConcurrentQueue<IReadOnlyList<string>> marks = new();
    private volatile bool isDeleted;

    public string Id => id;

    public string Agent => agent;

    public Subscriber Subscriber => subscriber;

    public SessionWatch Watch => subscriber.Watch;

    public IReadOnlyCollection<AcceptedPrompt> Prompts => prompts;

    /// <summary>What stood in workspaces that were given up since. What follows one may begin with what it held.</summary>
    public IReadOnlyCollection<IReadOnlyList<string>> EarlierMarks => marks;

    /// <summary>A client asked for it to be deleted.</summary>
    public bool IsDeleted
    {
        get => isDeleted;
        set => isDeleted = value;
    }

    public void Add(AcceptedPrompt prompt) => prompts.Enqueue(prompt);

    public void KeepMarks(IReadOnlyList<string> lines) => marks.Enqueue(lines);
}
