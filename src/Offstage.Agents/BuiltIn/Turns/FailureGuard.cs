using Offstage.Agents.BuiltIn.Conversations;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>Stops a model that makes the same failing call over and over. Another call in between begins anew.</summary>
internal sealed class FailureGuard(int failuresMax)
{
    private (string Tool, string Arguments) last;
    private int count;

    /// <exception cref="TurnFailedException"><c>model_stuck</c>.</exception>
    public void See(Part.Call call, bool isError)
    {
        var key = (call.Tool, call.Arguments);
        count = !isError ? 0 : key == last ? count + 1 : 1;
        last = key;
        if (count >= failuresMax)
            throw new TurnFailedException("model_stuck", $"The model made the same call of '{call.Tool}' {count} times, and it failed each time.");
    }
}
