using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents;

/// <summary>
/// Turns one coding agent's own protocol into sessions, turns and one stream of <see cref="AgentEvent"/>.
/// Knows nothing of Offstage's sessions. Every adapter inherits <c>AgentConformance</c>.
/// </summary>
public interface IAgentAdapter
{
    /// <summary>Stable name, in the API and stored with a resume cursor: <c>codex</c>, <c>script</c>.</summary>
    string Name { get; }

    AgentCapabilities Capabilities { get; }

    /// <summary>Where the agent is installed, its version, and if it is not usable, why and how to get it. Costs no model call.</summary>
    /// <param name="environment">What its process would be given, so that the adapter can tell whether it has a key to work with.</param>
    Task<AgentInstallation> InspectAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken);

    /// <summary>Starts the agent's process and opens a conversation, by the cursor when one is given.</summary>
    /// <returns><see cref="AgentStartResult.CursorRejected"/> leaves no process behind.</returns>
    Task<AgentStartResult> StartAsync(AgentStart start, CancellationToken cancellationToken);
}

/// <summary>What an agent can do. Whoever asks for more gets a clear refusal.</summary>
public sealed record AgentCapabilities
{
    /// <summary>Text can be added to a running turn.</summary>
    public required bool CanSteer { get; init; }

    /// <summary>Conversations outlive the process by a cursor.</summary>
    public required bool CanResume { get; init; }

    /// <summary>It forgets turns itself; otherwise a revert begins a fresh conversation with what is left of the old one.</summary>
    public required bool CanRollBack { get; init; }

    /// <summary>Another model from one turn to the next within one conversation.</summary>
    public required bool CanSwitchModel { get; init; }

    public required bool TakesImages { get; init; }

    /// <summary>It cannot work in a sandbox without network, because its model is elsewhere.</summary>
    public required bool NeedsNetwork { get; init; }

    public required IReadOnlyList<AgentMode> Modes { get; init; }

    /// <summary>The totals it tells begin at zero with each of its processes, also when it resumes a conversation.</summary>
    public bool CountsUsageFromZero { get; init; }
}

/// <param name="Version">Null when not found.</param>
/// <param name="Unusable">Null when usable; otherwise one sentence: why, and what to do.</param>
/// <param name="ReadOnlyPaths">Host paths a sandbox must show for this agent to run.</param>
public sealed record AgentInstallation(string? Version, string? Unusable, IReadOnlyList<string> ReadOnlyPaths)
{
    public AgentSignIn SignIn { get; init; } = AgentSignIn.Unknown;
}

/// <summary>Whether the agent has what its model's owner asks for.</summary>
public enum AgentSignIn
{
    /// <summary>It needs none, or only the agent itself knows.</summary>
    Unknown,

    /// <summary>A key, or a login in the home it is given. Not proven: a probe must cost no model call.</summary>
    Present,

    Missing,
}

/// <summary>The agent's own name for its conversation. Opaque; only for the agent that issued it (S6).</summary>
public sealed record ResumeCursor(string Agent, string Value);

public sealed record AgentStart
{
    /// <summary>Starts a process in the session's sandbox.</summary>
    public required Func<ProcessSpec, CancellationToken, Task<ISandboxProcess>> LaunchAsync { get; init; }

    /// <summary>Workspace as seen inside the sandbox.</summary>
    public required string WorkspacePath { get; init; }

    /// <summary>HOME as seen inside the sandbox.</summary>
    public required string HomePath { get; init; }

    /// <summary>Of the first turn; each turn may say another.</summary>
    public required AgentMode Mode { get; init; }

    public string? Model { get; init; }

    public string? Effort { get; init; }

    /// <summary>Settings and secrets of the agent, as environment of its process: <c>OPENAI_API_KEY</c>, …</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Null begins a new conversation.</summary>
    public ResumeCursor? Cursor { get; init; }
}

public abstract record AgentStartResult
{
    private AgentStartResult() { }

    public sealed record Started(IAgentSession Session) : AgentStartResult;

    /// <summary>The agent does not know the conversation (any more). Begin a new one.</summary>
    public sealed record CursorRejected(string Reason) : AgentStartResult;

    /// <param name="Code">Stable: <c>agent_not_installed</c>, <c>agent_start_failed</c>, <c>agent_protocol_error</c>, <c>agent_exited</c>,
    /// <c>mode_unsupported</c>.</param>
    public sealed record Failed(string Code, string Reason, bool Retryable) : AgentStartResult;
}

/// <summary>One live agent process. Calls may come from any thread; the events have one reader.</summary>
/// <remarks>Disposing ends the process and its tree, bounded in time, and completes <see cref="Events"/>.</remarks>
public interface IAgentSession : IAsyncDisposable
{
    /// <summary>The cursor to resume by. Null while the agent has given none; later ones come as <see cref="AgentEvent.CursorChanged"/>.</summary>
    ResumeCursor? Cursor { get; }

    /// <summary>
    /// In the order the agent spoke; bounded by back-pressure on its pipe. Ends with exactly one
    /// <see cref="AgentEvent.Exited"/>, whatever happened.
    /// </summary>
    IAsyncEnumerable<AgentEvent> Events { get; }

    /// <summary>Hands a prompt over. Returns when the agent has confirmed it.</summary>
    /// <exception cref="AgentException">It was not confirmed: refused, or the agent is gone.</exception>
    Task StartTurnAsync(TurnInput input, CancellationToken cancellationToken);

    /// <summary>Adds text to the running turn.</summary>
    /// <returns>False when there is no running turn or the agent cannot.</returns>
    Task<bool> SteerAsync(string text, CancellationToken cancellationToken);

    /// <summary>Asks the agent to end its turn. Its end comes as an event, or never: the caller bounds the wait (S9).</summary>
    Task InterruptAsync(CancellationToken cancellationToken);

    /// <summary>Answers a request by the key it was opened with.</summary>
    /// <returns>False when the agent no longer waits for it.</returns>
    Task<bool> AnswerAsync(string requestKey, RequestAnswer answer, CancellationToken cancellationToken);

    /// <summary>Makes the agent forget its last turns. No turn runs.</summary>
    /// <param name="turns">How many, from the end; 1 or more. A turn that it never confirmed does not count.</param>
    /// <returns>False when it cannot, or does not have so many: begin a fresh conversation instead.</returns>
    Task<bool> RollBackAsync(int turns, CancellationToken cancellationToken);
}

/// <param name="Text">What the person asks.</param>
/// <param name="Conversation">The conversation so far in plain text, when the agent is new to it: a fresh agent session
/// after a rejected cursor (S6). Each adapter hands it over in its own way, as what was said and not as what to do.</param>
public sealed record TurnInput(string Text, string? Model = null, string? Effort = null, string? Conversation = null)
{
    /// <summary>The caller's name for the turn: comes back in <see cref="AgentEvent.TurnTag"/>. Null: not wanted.</summary>
    public string? Tag { get; init; }

    /// <summary>How much it may do in this turn. Null: as in the last.</summary>
    public AgentMode? Mode { get; init; }

    public IReadOnlyList<ImageInput> Images { get; init; } = [];

    /// <summary>What is to be reviewed; the text then says what to look at in particular, and may be empty. Never <see cref="ReviewTarget.Session"/>, which is a
    /// caller's word. Null: it is no review.</summary>
    public ReviewTarget? Review { get; init; }
}

/// <param name="MediaType"><c>image/png</c>, <c>image/jpeg</c>, <c>image/gif</c> or <c>image/webp</c>.</param>
public sealed record ImageInput(string Name, string MediaType, ReadOnlyMemory<byte> Data);

/// <summary>An agent did not do what was asked. <see cref="Code"/> is stable.</summary>
public class AgentException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary><c>agent_exited</c>, <c>agent_protocol_error</c>, <c>agent_refused</c>, <c>cursor_rejected</c>.</summary>
    public string Code { get; } = code;
}
