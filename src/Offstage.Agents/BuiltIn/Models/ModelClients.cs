using System.Runtime.CompilerServices;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Makes the client of an API. The SDKs are large, and none is loaded before one is made.</summary>
internal static class ModelClients
{
    public static IModelClient Create(BuiltInOptions options, string? key, TimeProvider timeProvider)
    {
        var http = ModelHttp.CreateClient(timeProvider);
        return options.Wire switch
        {
            BuiltInWire.Messages => Messages(options.BaseUrl, key, http),
            BuiltInWire.ChatCompletions => Chat(options.BaseUrl, key, http),
            _ => Responses(options.BaseUrl, key, http),
        };
    }

    // Inlined, their types would be loaded together with the caller's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MessagesClient Messages(string? baseUrl, string? key, HttpClient http) => new(baseUrl, key, http);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ChatCompletionsClient Chat(string? baseUrl, string? key, HttpClient http) => new(baseUrl, key, http);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ResponsesApiClient Responses(string? baseUrl, string? key, HttpClient http) => new(baseUrl, key, http);
}
