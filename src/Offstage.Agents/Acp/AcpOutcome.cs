using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Acp;

/// <summary>How a turn ended, by the answer to its prompt.</summary>
internal static class AcpOutcome
{
    public static (AgentTurnOutcome Outcome, string? Error) Of(JsonRpcMessage.Answer answer)
    {
        if (answer.Error is { } error)
        {
            return error.Code == AcpErrors.RequestCancelled
                ? (AgentTurnOutcome.Interrupted, null)
                : (AgentTurnOutcome.Failed, AcpErrors.TextOf(error));
        }

        return answer.Result.FindText("stopReason") switch
        {
            "end_turn" => (AgentTurnOutcome.Completed, null),
            "cancelled" => (AgentTurnOutcome.Interrupted, null),
            "refusal" => (AgentTurnOutcome.Failed, "The model refused to go on."),
            "max_tokens" => (AgentTurnOutcome.Failed, "The model's answer reached its limit of tokens."),
            "max_turn_requests" => (AgentTurnOutcome.Failed, "The turn reached the agent's limit of requests to the model."),
            var other => (AgentTurnOutcome.Failed, $"The agent ended the turn with '{other}'."),
        };
    }

    /// <summary>Cumulative, as the schema says: across all turns.</summary>
    public static TokenUsage UsageOf(JsonRpcMessage.Answer answer, TokenUsage before) => answer.Result.Find("usage") is not { } told
        ? before
        : before with
        {
            InputTokens = told.FindNumber("inputTokens") ?? before.InputTokens,
            CachedInputTokens = told.FindNumber("cachedReadTokens") ?? before.CachedInputTokens,
            OutputTokens = told.FindNumber("outputTokens") ?? before.OutputTokens,
            ReasoningTokens = told.FindNumber("thoughtTokens") ?? before.ReasoningTokens,
        };
}
