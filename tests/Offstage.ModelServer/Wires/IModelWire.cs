using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>One API that agents ask models by: how its requests read and how its answers are written.</summary>
internal interface IModelWire
{
    /// <summary>What is posted to, below the server's address: <c>/v1/responses</c>.</summary>
    string Path { get; }

    ModelRequest Read(JsonElement body);

    IModelStream Open(HttpContext context, JsonElement body, CancellationToken cancellationToken);
}

/// <summary>One answer, written as it comes. What is sent first begins it.</summary>
internal interface IModelStream
{
    /// <summary>Sends the answer's head, so that the agent knows that it was heard.</summary>
    Task BeginAsync();

    /// <summary>A whole message, piece by piece.</summary>
    Task SayAsync(IReadOnlyList<string> deltas);

    Task ReasonAsync(string text);

    /// <param name="arguments">A JSON object.</param>
    Task CallAsync(string tool, string arguments);

    /// <summary>Ends the answer, with its usage.</summary>
    Task CompleteAsync();

    /// <summary>Answers with an error instead; nothing was sent before.</summary>
    Task FailAsync(int status, string text);
}

/// <summary>What a model sees of a conversation, whichever API told it.</summary>
/// <param name="Entries">Oldest first.</param>
/// <param name="Tools">Names of the tools it may call.</param>
internal sealed record ModelRequest(IReadOnlyList<ModelEntry> Entries, IReadOnlySet<string> Tools);

internal enum EntryKind
{
    /// <summary>A person's prompt, and not what an agent adds in the person's name.</summary>
    Prompt,

    ToolResult,
    Other,
}

/// <param name="Images">How many the prompt carries.</param>
internal readonly record struct ModelEntry(EntryKind Kind, string Text, int Images = 0);
