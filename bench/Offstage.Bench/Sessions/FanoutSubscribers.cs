using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Offstage.Bench.Sessions;

/// <summary>Many subscribers in one process, each a plain socket: the client must not be what is measured.</summary>
internal static class FanoutSubscribers
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789."u8);

    private static ReadOnlySpan<byte> Stamp => "at "u8;

    private static ReadOnlySpan<byte> End => "event: turn.ended"u8;

    public static async Task<int> RunAsync(Uri url, string token, string session, int count)
    {
        var streams = new List<NetworkStream>(count);
        for (int i = 0; i < count; i++)
            streams.Add(await OpenAsync(url, token, session));
        Console.WriteLine("subscribed");
        var all = await Task.WhenAll(streams.Select(ReadAsync));
        double[] ms = [.. all.SelectMany(one => one.Skip(FanoutBench.WarmUp)).Order()];
        Console.WriteLine(
            $"{ms.Length,8} deltas, {ms.Length / (double)count:0} each  p50 {ms[ms.Length / 2],7:0.0} ms  p99 {ms[ms.Length * 99 / 100],7:0.0} ms");
        return 0;
    }

    private static async Task<NetworkStream> OpenAsync(Uri url, string token, string session)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(url.Host, url.Port);
        var stream = client.GetStream();
        string request = $"GET /v1/sessions/{session}/events HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + "Accept: text/event-stream\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));

        // What was before the measured turn is read here, so that its end is not taken for the measured one's.
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (buffer.AsSpan(0, length).IndexOf(End) < 0)
            length += await stream.ReadAsync(buffer.AsMemory(length));
        return stream;
    }

    private static async Task<List<double>> ReadAsync(NetworkStream stream)
    {
        var ms = new List<double>(2_048);
        byte[] buffer = new byte[64 * 1024];
        int kept = 0;
        while (true)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(kept));
            if (count == 0)
                return ms;
            int length = kept + count;
            double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
            int done = Take(buffer.AsSpan(0, length), now, ms, out bool ended);
            if (ended)
                return ms;
            kept = length - done;
            buffer.AsSpan(done, kept).CopyTo(buffer);
        }
    }

    /// <returns>How much was looked at; an event that has not come whole is left for the next time.</returns>
    private static int Take(ReadOnlySpan<byte> text, double nowMs, List<double> ms, out bool ended)
    {
        int whole = text.LastIndexOf("\n\n"u8) + 2;
        if (whole < 2)
            whole = text.Length > 32 * 1024 ? text.Length : 0;
        var rest = text[..whole];
        ended = rest.IndexOf(End) >= 0;
        for (int at = rest.IndexOf("event: item.delta"u8); at >= 0; at = rest.IndexOf("event: item.delta"u8))
        {
            rest = rest[at..];
            int end = rest.IndexOf("\n\n"u8);
            var one = end < 0 ? rest : rest[..end];
            for (int stamp = one.IndexOf(Stamp); stamp >= 0; stamp = one.IndexOf(Stamp))
            {
                one = one[(stamp + Stamp.Length)..];
                int digits = one.IndexOfAnyExcept(Digits);
                if (digits > 0 && double.TryParse(one[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
                    ms.Add(nowMs - (seconds * 1000));
            }

            rest = rest[(end < 0 ? rest.Length : end)..];
        }

        return whole;
    }
}
