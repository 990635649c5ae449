namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Why there is no answer.</summary>
internal abstract record ModelFailure
{
    private ModelFailure(string code, string message)
    {
        Code = code;
        Message = message;
    }

    /// <summary>Stable: <c>model_…</c>.</summary>
    public string Code { get; }

    /// <summary>One sentence for a person.</summary>
    public string Message { get; }

    /// <summary>Another attempt may succeed.</summary>
    /// <param name="RetryAfter">What the endpoint asks to wait; null when it does not say.</param>
    public sealed record Passing(string Code, string Message, TimeSpan? RetryAfter = null) : ModelFailure(Code, Message);

    /// <summary>The same would come again.</summary>
    public sealed record Lasting(string Code, string Message) : ModelFailure(Code, Message);

    /// <summary>The conversation does not fit into the model's window.</summary>
    public sealed record TooLong(string Message) : ModelFailure("model_context_full", Message);
}

internal sealed class ModelException(ModelFailure failure, Exception? inner = null) : Exception(failure.Message, inner)
{
    public ModelFailure Failure { get; } = failure;
}
