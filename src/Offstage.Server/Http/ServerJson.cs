using System.Text.Json.Serialization;
using Offstage.Server.Hosting;

namespace Offstage.Server.Http;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentPage))]
internal sealed partial class ServerJson : JsonSerializerContext;
