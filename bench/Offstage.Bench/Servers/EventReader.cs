using System.Net.Http.Headers;

namespace Offstage.Bench.Servers;

/// <summary>A subscriber by server-sent events.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpResponseMessage response;
    private readonly StreamReader lines;

    private EventReader(HttpResponseMessage response, Stream stream)
    {
        this.response = response;
        lines = new StreamReader(stream);
    }

    public static async Task<EventReader> OpenAsync(ServerUnderTest server, string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{session}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new EventReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <returns>The data of the next event of this kind.</returns>
    public async Task<string> NextAsync(string kind)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line == $"event: {kind}")
                return await lines.ReadLineAsync() ?? "";
        }

        throw new InvalidOperationException($"The stream ended before {kind}");
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }
}
