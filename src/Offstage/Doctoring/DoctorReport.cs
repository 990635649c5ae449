using System.Text.Json.Serialization;

namespace Offstage.Doctoring;

/// <summary>What was found.</summary>
/// <param name="Usable">At least one agent with a model, and the sandbox.</param>
internal sealed record DoctorReport(bool Usable, IReadOnlyList<Check> Checks);

/// <param name="ToDo">Null when there is nothing to do about it.</param>
internal sealed record Check(string Name, CheckStatus Status, string Detail, string? ToDo = null);

[JsonConverter(typeof(JsonStringEnumConverter<CheckStatus>))]
internal enum CheckStatus
{
    [JsonStringEnumMemberName("ok")] Ok,
    [JsonStringEnumMemberName("warn")] Warn,
    [JsonStringEnumMemberName("fail")] Fail,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
