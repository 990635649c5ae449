using System.Text.Json.Serialization;

namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>One thing said in a conversation, as it is kept in its file: a JSON line each. Old lines are read for ever.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Prompt), "prompt")]
[JsonDerivedType(typeof(Addition), "addition")]
[JsonDerivedType(typeof(Answer), "answer")]
[JsonDerivedType(typeof(Result), "result")]
[JsonDerivedType(typeof(Summary), "summary")]
[JsonDerivedType(typeof(Interrupted), "interrupted")]
internal abstract record Entry
{
    private Entry() { }

    /// <summary>Begins a turn.</summary>
    /// <param name="IsContinued">Part of its turn is in the summary before it, so the turn cannot be taken back.</param>
    public sealed record Prompt(string Text, IReadOnlyList<Picture> Images, bool IsContinued = false) : Entry;

    /// <summary>A person's word in a running turn.</summary>
    public sealed record Addition(string Text) : Entry;

    /// <param name="Model">Who said it, with its API: reasoning is shown only to the one it came from.</param>
    public sealed record Answer(string Model, IReadOnlyList<Part> Parts) : Entry
    {
        [JsonIgnore]
        public IEnumerable<Part.Call> Calls => Parts.OfType<Part.Call>();
    }

    public sealed record Result(string CallId, string Text, bool IsError) : Entry;

    /// <summary>Stands for all that was said before.</summary>
    /// <param name="Plan">The plan as it stood; null when there was none.</param>
    public sealed record Summary(string Text, string? Plan = null) : Entry;

    /// <summary>The person stopped the turn here.</summary>
    public sealed record Interrupted : Entry;
}

internal sealed record Picture(string MediaType, byte[] Data);

/// <summary>A part of an answer.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Text), "text")]
[JsonDerivedType(typeof(Reasoning), "reasoning")]
[JsonDerivedType(typeof(Call), "call")]
internal abstract record Part
{
    private Part() { }

    public sealed record Text(string Value) : Part;

    /// <summary>As in <see cref="Models.ModelChunk.ReasoningDone"/>.</summary>
    public sealed record Reasoning(string Value, string? Id = null, string? Proof = null, bool IsHidden = false) : Part;

    /// <param name="Arguments">A JSON object.</param>
    public sealed record Call(string Id, string Tool, string Arguments) : Part;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Entry))]
internal sealed partial class EntryJson : JsonSerializerContext;
