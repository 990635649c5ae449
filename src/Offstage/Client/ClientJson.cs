using System.Text.Json;
using System.Text.Json.Serialization;
using Offstage.Sessions.Api;

namespace Offstage.Client;

/// <summary>
/// The JSON of the API as a client reads it: what is absent is null, and what it does not know it passes over, so that a newer
/// server is understood. (The server's own context insists on every field, as one must of what comes in.)
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(CreateSessionBody))]
[JsonSerializable(typeof(AcceptPlanBody))]
[JsonSerializable(typeof(CompareBody))]
[JsonSerializable(typeof(ComparisonView))]
[JsonSerializable(typeof(PromptBody))]
[JsonSerializable(typeof(RevertBody))]
[JsonSerializable(typeof(ForkBody))]
[JsonSerializable(typeof(AnswerBody))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(PromptView))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(TurnPage))]
[JsonSerializable(typeof(DiffView))]
[JsonSerializable(typeof(DeadEffectPage))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ClientJson : JsonSerializerContext;
