namespace Offstage.Sessions.Lifecycle;

/// <summary>Why a command was not taken. Each case has a stable code and nothing was changed.</summary>
public abstract record Rejection(string Code, string Message)
{
    public sealed record SessionNotFound() : Rejection("session_not_found", "There is no such session.");

    public sealed record SessionExists() : Rejection("session_exists", "A session with this id exists already.");

    public sealed record SessionArchived() : Rejection("session_archived", "The session is archived. Unarchive it first.");

    public sealed record SessionNotArchived() : Rejection("session_not_archived", "The session is not archived.");

    public sealed record QueueFull(int Max) : Rejection("queue_full", $"{Max} prompts wait already, which is this session's limit. Wait for a turn to end, or withdraw one.");

    public sealed record PromptNotWaiting() : Rejection("prompt_not_waiting", "The prompt does not wait: it has been started, withdrawn, or never was.");

    public sealed record NoActiveTurn() : Rejection("no_active_turn", "No turn is under way.");

    public sealed record LimitReached(string Detail) : Rejection("limit_reached", $"{Detail} Raise the limit to go on.");

    public sealed record RequestNotOpen() : Rejection("request_not_open", "The request is not open: its turn is over, or it never was.");

    public sealed record RequestAnswered(string By) : Rejection("request_answered", $"{By} has answered the request already.");

    public sealed record RequestStale() : Rejection("request_stale", "The agent that asked is gone, and its turn with it.");

    public sealed record RequestExpired() : Rejection("request_expired", "The time to answer was over; the request was declined.");

    public sealed record AnswerDoesNotFit(string Detail) : Rejection("answer_does_not_fit", Detail);

    public sealed record NothingToRetry() : Rejection("nothing_to_retry", "The last turn did not fail, and neither did the session.");

    public sealed record SessionBusy() : Rejection("session_busy", "A turn is under way. Stop it or wait for its end.");

    public sealed record NoWorkspace() : Rejection("no_workspace", "The session has no workspace with checkpoints at present.");

    public sealed record CheckpointNotFound() : Rejection("checkpoint_not_found", "There is no such checkpoint.");

    /// <summary>A report about something that is over. Not an error: it changes nothing (S8).</summary>
    public sealed record Stale() : Rejection("stale", "This speaks of something that is over.");
}
