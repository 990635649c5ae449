using System.Text.Json.Serialization;

namespace Offstage.Contracts;

/// <summary>A durable conversation with one agent over one workspace: <c>ses_…</c>.</summary>
[JsonConverter(typeof(TextIdConverter<SessionId>))]
public readonly record struct SessionId(string Value) : ITextId<SessionId>
{
    public static SessionId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>What a person asked: <c>prm_…</c>.</summary>
[JsonConverter(typeof(TextIdConverter<PromptId>))]
public readonly record struct PromptId(string Value) : ITextId<PromptId>
{
    public static PromptId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>One prompt and all that the agent does about it: <c>trn_…</c>.</summary>
[JsonConverter(typeof(TextIdConverter<TurnId>))]
public readonly record struct TurnId(string Value) : ITextId<TurnId>
{
    public static TurnId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A place where commands run: <c>sbx_…</c>. Also the name of its folder and worktree.</summary>
[JsonConverter(typeof(TextIdConverter<SandboxId>))]
public readonly record struct SandboxId(string Value) : ITextId<SandboxId>
{
    public static SandboxId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>An agent waiting for a person: <c>req_…</c>.</summary>
[JsonConverter(typeof(TextIdConverter<RequestId>))]
public readonly record struct RequestId(string Value) : ITextId<RequestId>
{
    public static RequestId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>What came with a prompt besides its text: <c>att_…</c>.</summary>
[JsonConverter(typeof(TextIdConverter<AttachmentId>))]
public readonly record struct AttachmentId(string Value) : ITextId<AttachmentId>
{
    public static AttachmentId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>One row of the outbox. Derived from the event that caused it, so the same cause gives the same id (D1).</summary>
[JsonConverter(typeof(TextIdConverter<EffectId>))]
public readonly record struct EffectId(string Value) : ITextId<EffectId>
{
    public static EffectId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>One data directory and the one process that may hold it. Sandboxes and live agents belong to a host.</summary>
[JsonConverter(typeof(TextIdConverter<HostId>))]
public readonly record struct HostId(string Value) : ITextId<HostId>
{
    public static HostId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>The place of an event in its session: 1-based, gapless (S7).</summary>
[JsonConverter(typeof(NumberIdConverter<EventSequence>))]
public readonly record struct EventSequence(long Value) : IComparable<EventSequence>, INumberId<EventSequence>
{
    public static EventSequence From(long value) => new(value);

    long INumberId<EventSequence>.Number => Value;

    /// <summary>Before the first event.</summary>
    public static EventSequence None => new(0);

    public EventSequence Next => new(Value + 1);

    public int CompareTo(EventSequence other) => Value.CompareTo(other.Value);

    public static bool operator <(EventSequence left, EventSequence right) => left.Value < right.Value;

    public static bool operator >(EventSequence left, EventSequence right) => left.Value > right.Value;

    public static bool operator <=(EventSequence left, EventSequence right) => left.Value <= right.Value;

    public static bool operator >=(EventSequence left, EventSequence right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString();
}

/// <summary>
/// Counts the agent processes of one session, from 1. An event from an older generation is late and changes nothing (S8).
/// </summary>
[JsonConverter(typeof(NumberIdConverter<AgentGeneration>))]
public readonly record struct AgentGeneration(long Value) : INumberId<AgentGeneration>
{
    public static AgentGeneration From(long value) => new(value);

    long INumberId<AgentGeneration>.Number => Value;

    public static AgentGeneration None => new(0);

    public AgentGeneration Next => new(Value + 1);

    public override string ToString() => Value.ToString();
}

/// <summary>The workspace after a turn, counted from 0 (before the first turn) within its session.</summary>
[JsonConverter(typeof(NumberIdConverter<CheckpointNumber>))]
public readonly record struct CheckpointNumber(int Value) : INumberId<CheckpointNumber>
{
    public static CheckpointNumber From(long value) => new(checked((int)value));

    long INumberId<CheckpointNumber>.Number => Value;

    public static CheckpointNumber Baseline => new(0);

    public CheckpointNumber Next => new(Value + 1);

    public override string ToString() => Value.ToString();
}
