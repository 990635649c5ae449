using System.Text.Json.Serialization;

namespace Offstage.Server.Http;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AgentPage))]
internal sealed partial class ServerJson : JsonSerializerContext;
