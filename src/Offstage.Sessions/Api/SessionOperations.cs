using System.Text;
using Microsoft.AspNetCore.Http;
using Offstage.Contracts;
using Offstage.Sessions.Effects;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Sessions.Api;

/// <summary>What can be asked of sessions, over whichever wire. Everything that is refused is an <see cref="ApiProblemException"/>.</summary>
public sealed class SessionOperations(
    SessionLog log, ISessionStore store, AgentCatalog catalog, IdSource ids, TimeProvider timeProvider, SessionDefaults defaults)
{
    private const string SessionScope = "sessions";

    /// <summary>Whether an answer repeats an earlier one under the same key (S4).</summary>
    public readonly record struct Made<T>(T View, bool Replayed);

    public async Task<Made<SessionView>> CreateAsync(CreateSessionBody body, IdempotencyUse? key, CancellationToken cancellationToken)
    {
        string? title = RequestInput.Title(body.Title);
        var candidates = SetupInput.Candidates(body);
        if (candidates.Count > 1)
            _ = RequestInput.PromptText(body.Prompt);
        var images = AttachmentInput.Check(body.Attachments);
        if (images is not null && body.Prompt is null)
            throw ApiProblemException.Invalid("prompt_empty", "Attachments need a prompt to come with.");
        SessionState? earlier = key is not null && await FindUsedAsync(SessionScope, key, cancellationToken) is { } used
            ? await RequireAsync(new SessionId(used), cancellationToken)
            : null;
        if (earlier is not null && candidates.Count == 1)
            return new(SessionView.Of(earlier), Replayed: true);

        IReadOnlyList<SessionId> all = earlier?.Setup.Siblings ?? [.. candidates.Select(_ => ids.NewSession())];
        SessionSetup[] setups =
        [
            .. candidates.Select((candidate, i) => SetupInput.Complete(
                body with { Agent = candidate.Agent ?? body.Agent, Model = candidate.Model ?? body.Model, Effort = candidate.Effort ?? body.Effort },
                all[i], catalog, defaults) with { Siblings = all.Count > 1 ? all : null }),
        ];
        if (images is not null)
        {
            foreach (var setup in setups)
                SetupInput.RequireTakesImages(setup.Agent, catalog);
        }

        var first = earlier is null
            ? await CreateAsync(all[0], setups[0], title, body.Prompt, images, key, cancellationToken)
            : new(SessionView.Of(earlier), Replayed: true);

        // A request that is repeated with its key, because the server went down here, makes those that are missing.
        for (int i = 1; i < all.Count; i++)
        {
            if (earlier is null || await log.FindAsync(all[i], cancellationToken) is null)
                await CreateAsync(all[i], setups[i], title, body.Prompt, images, key: null, cancellationToken);
        }

        return first;
    }

    /// <summary>Archives the siblings of a session.</summary>
    public async Task<SessionView> KeepAsync(SessionId session, CancellationToken cancellationToken)
    {
        var state = await RequireAsync(session, cancellationToken);
        if (state.Setup.Siblings is not { } siblings)
            throw new ApiProblemException(StatusCodes.Status409Conflict, "no_siblings", "The session was not made with others to choose from.");
        foreach (var sibling in siblings.Where(s => s != session))
        {
            if (await log.ExecuteAsync(sibling, new SessionCommand.Archive(), CommandOptions.None, cancellationToken) is var result
                && result is not (CommandResult.Accepted or CommandResult.Rejected { Reason: Rejection.SessionNotFound }))
                throw Refused(result);
        }

        return await GetAsync(session, cancellationToken);
    }

    /// <summary>A new session that goes on from another's conversation and files.</summary>
    /// <param name="from">How far the conversation goes, and the commit that holds the files of then; null: the base.</param>
    public async Task<Made<SessionView>> ForkAsync(
        SessionId source, ForkBody body, (EventSequence? UpTo, string? Commit) from, IdempotencyUse? key, CancellationToken cancellationToken)
    {
        if (key is not null && await FindUsedAsync(SessionScope, key, cancellationToken) is { } earlier)
            return new(await GetAsync(new SessionId(earlier), cancellationToken), Replayed: true);

        var state = await RequireAsync(source, cancellationToken);
        var id = ids.NewSession();
        var workspace = state.Setup.Workspace is Workspace.Repository r
            ? r with { Ref = from.Commit ?? state.BaseCommit ?? r.Ref, Branch = SetupInput.BranchOf(id) }
            : state.Setup.Workspace;
        var choice = state.Choice;
        string agent = RequestInput.Name(body.Agent, "agent") ?? choice.Agent;
        bool same = agent == choice.Agent;
        var setup = state.Setup with
        {
            Host = defaults.Host,
            Workspace = workspace,
            Agent = agent,
            Model = RequestInput.Name(body.Model, "model") ?? (same ? choice.Model : null),
            Effort = same ? choice.Effort : null,
            Mode = body.Mode ?? choice.Mode,
            Limits = state.Limits,
            ForkedFrom = new ForkSource(source, from.UpTo ?? state.Sequence),

            // It is not one of those to choose from: keeping it must archive none of them.
            Siblings = null,
        };
        SetupInput.RequireFit(setup.Agent, setup.Mode, setup.Sandbox, catalog);
        return await CreateAsync(id, setup, RequestInput.Title(body.Title), body.Prompt, images: null, key, cancellationToken);
    }

    private async Task<Made<SessionView>> CreateAsync(
        SessionId id, SessionSetup setup, string? title, string? prompt, IReadOnlyList<GivenAttachment>? images, IdempotencyUse? key,
        CancellationToken cancellationToken)
    {
        var (attachments, rows) = Store(id, images);
        var first = prompt is null
            ? null
            : new NewPrompt(ids.NewPrompt(), RequestInput.PromptText(prompt), null, null, setup.CreatedBy, Attachments: attachments);
        var command = new SessionCommand.Create(setup, title, first);
        switch (await log.ExecuteAsync(id, command, Options(SessionScope, key, id.Value) with { Attachments = rows }, cancellationToken))
        {
            case CommandResult.Accepted accepted:
                return new(SessionView.Of(accepted.State), Replayed: false);
            case CommandResult.KeyUsed used:
                return new(await GetAsync(new SessionId(SameUse(used.Existing, key!)), cancellationToken), Replayed: true);
            case var other:
                throw Refused(other);
        }
    }

    public async Task<Made<PromptView>> PromptAsync(SessionId session, PromptBody body, IdempotencyUse? key, CancellationToken cancellationToken)
    {
        var review = RequestInput.Review(body.Review);
        string text = review is not null && string.IsNullOrWhiteSpace(body.Text) ? review.Sentence : RequestInput.PromptText(body.Text);
        var images = AttachmentInput.Check(body.Attachments);
        if (body.Steer && (images is not null || review is not null))
            throw ApiProblemException.Invalid("steer_unsupported", "Only text can be added to a turn: ask for images and reviews as a prompt.");
        var author = RequestInput.Author(body.Author, defaults.Person);
        string? model = RequestInput.Name(body.Model, "model");
        string? effort = RequestInput.Name(body.Effort, "effort");
        string? agent = RequestInput.Name(body.Agent, "agent");
        var state = await RequireAsync(session, cancellationToken);
        if (agent is not null || body.Mode is not null)
            SetupInput.RequireFit(agent ?? state.Choice.Agent, body.Mode ?? state.Choice.Mode, state.Setup.Sandbox, catalog);
        if (images is not null)
            SetupInput.RequireTakesImages(agent ?? state.Choice.Agent, catalog);
        if (review is not null && state.Setup.Workspace is not Workspace.Repository)
            throw new ApiProblemException(StatusCodes.Status409Conflict, "review_needs_repository", "The session has no repository whose changes could be reviewed.");
        if (key is not null)
        {
            if (await FindUsedAsync(session.Value, key, cancellationToken) is { } earlier)
                return new(await PromptViewAsync(session, new PromptId(earlier), cancellationToken), Replayed: true);
        }

        var (attachments, rows) = Store(session, images);
        var prompt = new NewPrompt(ids.NewPrompt(), text, model, effort, author, agent, body.Mode, attachments, review);
        SessionCommand command = body.Steer ? new SessionCommand.Steer(prompt) : new SessionCommand.Ask(prompt);
        var result = await log.ExecuteAsync(
            session, command, Options(session.Value, key, prompt.Prompt.Value) with { Attachments = rows }, cancellationToken);
        switch (result)
        {
            case CommandResult.Accepted accepted:
                return new(PromptViewOf(accepted.State, prompt.Prompt), Replayed: false);
            case CommandResult.KeyUsed used:
                return new(await PromptViewAsync(session, new PromptId(SameUse(used.Existing, key!)), cancellationToken), Replayed: true);
            case var other:
                throw Refused(other);
        }
    }

    /// <exception cref="ApiProblemException"><c>attachment_not_found</c>.</exception>
    public async Task<AttachmentRow> GetAttachmentAsync(SessionId session, AttachmentId attachment, CancellationToken cancellationToken)
    {
        await RequireAsync(session, cancellationToken);
        return await store.FindAttachmentAsync(session, attachment, cancellationToken) ?? throw ApiProblemException.NotFound("attachment");
    }

    private (IReadOnlyList<Attachment>? Told, IReadOnlyList<AttachmentRow>? Stored) Store(SessionId session, IReadOnlyList<GivenAttachment>? images)
    {
        if (images is null)
            return (null, null);
        var all = images.Select(image => image.For(session, ids.NewAttachment())).ToList();
        return ([.. all.Select(one => one.Told)], [.. all.Select(one => one.Stored)]);
    }

    /// <summary>Asks for the plan that the last turn ended with to be carried out.</summary>
    public async Task<Made<PromptView>> AcceptPlanAsync(SessionId session, AcceptPlanBody body, IdempotencyUse? key, CancellationToken cancellationToken)
    {
        if (key is not null && await FindUsedAsync(session.Value, key, cancellationToken) is { } earlier)
            return new(await PromptViewAsync(session, new PromptId(earlier), cancellationToken), Replayed: true);
        var state = await RequireAsync(session, cancellationToken);
        if (state.Status is not SessionStatus.Idle || state.PlanOffer is not { } proposed)
            throw new ApiProblemException(StatusCodes.Status409Conflict, "no_plan", "The last turn did not end with a plan, or another has begun since.");
        var stored = (await store.ReadEventsAsync(session, new EventSequence(proposed.Sequence.Value - 1), 1, cancellationToken)).Single();
        var plan = (ItemBody.ProposedPlan)((SessionEventBody.ItemCompleted)EventCodec.Read(session, stored).Body).Item.Body;
        string remarks = string.IsNullOrWhiteSpace(body.Remarks) ? "" : $"\n\nHeed this: {RequestInput.PromptText(body.Remarks)}";
        string text = $"Carry out this plan, which has been accepted:\n\n{plan.Text}{remarks}";
        return await PromptAsync(
            session, new PromptBody { Text = text, Agent = body.Agent, Mode = body.Mode ?? AgentMode.Auto, Author = body.Author }, key, cancellationToken);
    }

    /// <summary>Checked as a whole before anything of it is done.</summary>
    public async Task<SessionView> ChangeAsync(SessionId session, PatchSessionBody body, CancellationToken cancellationToken)
    {
        var state = await RequireAsync(session, cancellationToken);
        string? title = RequestInput.Title(body.Title);
        var choice = SetupInput.Choose(body, state, catalog);
        var limits = SetupInput.Limits(body.Limits, state.Limits);
        if (title is null && choice == state.Choice && limits == state.Limits && body == new PatchSessionBody())
            throw ApiProblemException.Invalid("invalid_body", "Say what is to change: title, agent, model, effort, mode or limits.");
        var view = SessionView.Of(state);
        if (title is not null)
            view = await DoAsync(session, new SessionCommand.Rename(title), cancellationToken);
        if (choice != state.Choice)
            view = await DoAsync(session, new SessionCommand.Choose(choice), cancellationToken);
        return limits == state.Limits ? view : await DoAsync(session, new SessionCommand.ChangeLimits(limits), cancellationToken);
    }

    public async Task<SessionView> GetAsync(SessionId session, CancellationToken cancellationToken)
        => SessionView.Of(await RequireAsync(session, cancellationToken));

    /// <summary>Carries a command out whose answer is the session as it is then.</summary>
    public async Task<SessionView> DoAsync(SessionId session, SessionCommand command, CancellationToken cancellationToken)
        => await log.ExecuteAsync(session, command, CommandOptions.None, cancellationToken) is var result && result is CommandResult.Accepted accepted
            ? SessionView.Of(accepted.State)
            : throw Refused(result);

    public Task<SessionView> RetryAsync(SessionId session, CancellationToken cancellationToken)
        => DoAsync(session, new SessionCommand.Retry(ids.NewPrompt()), cancellationToken);

    public Task<SessionView> AnswerAsync(SessionId session, RequestId request, RequestAnswer answer, Person? author, CancellationToken cancellationToken)
    {
        if (answer is RequestAnswer.Answers answers
            && answers.ByQuestion.Sum(pair => pair.Key.Length + (pair.Value?.Sum(v => v?.Length ?? 0) ?? 0)) > RequestInput.PromptLengthMax)
            throw ApiProblemException.Invalid("answer_too_long", $"The answers have together at most {RequestInput.PromptLengthMax} characters.");
        if (answer is RequestAnswer.Answers given && given.ByQuestion.Values.Any(v => v is null || v.Any(s => s is null)))
            throw ApiProblemException.Invalid("invalid_body", "An answer is a list of texts for each question.");
        return DoAsync(session, new SessionCommand.Answer(request, answer, RequestInput.Author(author, defaults.Person)), cancellationToken);
    }

    public Task<SessionView> RevertAsync(SessionId session, CheckpointNumber to, CheckpointNumber files, CancellationToken cancellationToken)
        => DoAsync(session, new SessionCommand.Revert(to, files, defaults.Person), cancellationToken);

    public async Task<SessionState> RequireAsync(SessionId session, CancellationToken cancellationToken)
        => await log.FindAsync(session, cancellationToken) ?? throw ApiProblemException.NotFound("session");

    private async Task<PromptView> PromptViewAsync(SessionId session, PromptId prompt, CancellationToken cancellationToken)
        => PromptViewOf(await RequireAsync(session, cancellationToken), prompt);

    private static PromptView PromptViewOf(SessionState state, PromptId prompt)
    {
        var turn = SessionView.TurnOf(prompt);
        for (int i = 0; i < state.Queue.Count; i++)
        {
            if (state.Queue[i].Prompt == prompt)
                return new PromptView(prompt, turn, state.Queue[i].Text, i + 1, state.Queue[i].At, state.Queue[i].Attachments);
        }

        return state.Status.ActiveTurn is { } active && active.Turn == turn
            ? new PromptView(prompt, turn, active.Prompt.Text, 0, active.Prompt.At, active.Prompt.Attachments)
            : new PromptView(prompt, turn, null, null, null);
    }

    private async Task<string?> FindUsedAsync(string scope, IdempotencyUse key, CancellationToken cancellationToken)
        => await store.FindIdempotencyAsync(scope, key.Key, cancellationToken) is { } record ? SameUse(record, key) : null;

    private static string SameUse(IdempotencyRecord record, IdempotencyUse key)
        => record.Fingerprint == key.Fingerprint
            ? record.Answer
            : throw new ApiProblemException(
                StatusCodes.Status409Conflict, "idempotency_key_reused", "This Idempotency-Key was used with another body before.");

    private CommandOptions Options(string scope, IdempotencyUse? key, string answer)
        => key is null
            ? CommandOptions.None
            : new CommandOptions(Idempotency: new IdempotencyRecord(scope, key.Key, key.Fingerprint, answer, timeProvider.GetUtcNow()));

    private static ApiProblemException Refused(CommandResult result) => result switch
    {
        CommandResult.Rejected rejected => ApiProblemException.Of(rejected.Reason),
        _ => new ApiProblemException(
            StatusCodes.Status503ServiceUnavailable, "session_contended", "Others changed the session at every attempt. Nothing was changed; try again.", retryable: true),
    };
}

/// <param name="Fingerprint">Of the operation and its body.</param>
public sealed record IdempotencyUse(string Key, string Fingerprint)
{
    public static IdempotencyUse? Of(string? key, string operation, ReadOnlySpan<byte> body)
        => key is null ? null : new IdempotencyUse(key, RequestInput.Fingerprint(operation, body));

    public static IdempotencyUse? Of(string? key, string operation, string text)
        => Of(key, operation, Encoding.UTF8.GetBytes(text));
}
