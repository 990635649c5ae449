using System.Text.Json;
using System.Text.Json.Serialization;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Api;

/// <summary>The JSON of the API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(CreateSessionBody))]
[JsonSerializable(typeof(CompareBody))]
[JsonSerializable(typeof(ComparisonView))]
[JsonSerializable(typeof(PromptBody))]
[JsonSerializable(typeof(AcceptPlanBody))]
[JsonSerializable(typeof(AgentMode))]
[JsonSerializable(typeof(PatchSessionBody))]
[JsonSerializable(typeof(RevertBody))]
[JsonSerializable(typeof(ForkBody))]
[JsonSerializable(typeof(AnswerBody))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(PromptView))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(TurnPage))]
[JsonSerializable(typeof(CheckpointPage))]
[JsonSerializable(typeof(DiffView))]
[JsonSerializable(typeof(DeadEffectPage))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SocketCommand))]
[JsonSerializable(typeof(SocketReply))]
[JsonSerializable(typeof(SocketSnapshot))]
[JsonSerializable(typeof(ReviewTarget.Session), TypeInfoPropertyName = "ReviewTargetSession")]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class ApiJson : JsonSerializerContext;
