using System.Collections.Concurrent;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>What the agent waits for a person to say. Each request is opened once and closed once. Any thread.</summary>
/// <param name="cancelTurn">For a person who declines and wants the turn to end with it.</param>
internal sealed class TurnRequests(Func<AgentEvent, ValueTask> emit, Action cancelTurn)
{
    private readonly ConcurrentDictionary<string, Waiting> open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> remembered = new(StringComparer.Ordinal);

    /// <param name="memory">What an approval for the session stands for: the same is not asked again.</param>
    public async Task<bool> ApproveAsync(string item, RequestBody request, string memory, CancellationToken cancellationToken)
    {
        if (remembered.ContainsKey(memory))
            return true;
        var answer = await OpenAsync(item, request, offersSession: true, cancellationToken);
        if (answer is RequestAnswer.Approve { ForSession: true })
            remembered[memory] = true;
        return answer is RequestAnswer.Approve;
    }

    public Task<RequestAnswer> AskAsync(string item, RequestBody.Questions questions, CancellationToken cancellationToken)
        => OpenAsync(item, questions, offersSession: false, cancellationToken);

    /// <returns>False when nobody waits for it (any more).</returns>
    /// <exception cref="ArgumentException">It is no answer to this kind of request, which stays open.</exception>
    public bool Answer(string key, RequestAnswer answer)
    {
        if (!open.TryGetValue(key, out var waiting))
            return false;
        bool isQuestion = waiting.Request is RequestBody.Questions;
        if (isQuestion ? answer is RequestAnswer.Approve : answer is RequestAnswer.Answers)
            throw new ArgumentException($"A {answer.GetType().Name} is no answer to a {waiting.Request.GetType().Name}.", nameof(answer));
        if (!open.TryRemove(key, out waiting))
            return false;
        if (answer is RequestAnswer.Cancel)
            cancelTurn();
        return waiting.Answer.TrySetResult(answer);
    }

    private async Task<RequestAnswer> OpenAsync(string item, RequestBody request, bool offersSession, CancellationToken cancellationToken)
    {
        string key = Guid.NewGuid().ToString("N");
        var waiting = new Waiting(request, new TaskCompletionSource<RequestAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        open[key] = waiting;
        await emit(new AgentEvent.RequestOpened(key, item, request, offersSession));
        try
        {
            return await waiting.Answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            open.TryRemove(key, out _);
            await emit(new AgentEvent.RequestClosed(key));
        }
    }

    private sealed record Waiting(RequestBody Request, TaskCompletionSource<RequestAnswer> Answer);
}
