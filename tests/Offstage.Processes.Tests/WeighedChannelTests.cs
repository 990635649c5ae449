using System.Threading.Channels;

namespace Offstage.Processes.Tests;

public sealed class WeighedChannelTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_writer_waits_while_too_many_bytes_lie_before_the_reader()
    {
        var channel = new WeighedChannel<string>(countMax: 100, bytesMax: 10);
        await channel.WriteAsync("a", 6, Stop);
        var second = channel.WriteAsync("b", 6, Stop).AsTask();
        Assert.False(second.IsCompleted);
        Assert.True(channel.Reader.TryRead(out string? read));
        await second;
        Assert.Equal("a", read);
        Assert.True(channel.Reader.TryRead(out read));
        Assert.Equal("b", read);
    }

    [Fact]
    public async Task A_writer_waits_while_too_many_items_lie_before_the_reader()
    {
        var channel = new WeighedChannel<int>(countMax: 1, bytesMax: 1000);
        await channel.WriteAsync(1, 1, Stop);
        var second = channel.WriteAsync(2, 1, Stop).AsTask();
        Assert.False(second.IsCompleted);
        Assert.Equal(1, await channel.Reader.ReadAsync(Stop));
        await second;
    }

    [Fact]
    public async Task An_item_that_is_larger_than_the_bound_passes_alone()
    {
        var channel = new WeighedChannel<string>(countMax: 100, bytesMax: 10);
        await channel.WriteAsync("huge", 1000, Stop);
        var next = channel.WriteAsync("small", 1, Stop).AsTask();
        Assert.False(next.IsCompleted);
        Assert.Equal("huge", await channel.Reader.ReadAsync(Stop));
        await next;
    }

    [Fact]
    public async Task All_of_several_writers_pass_and_a_completed_channel_ends()
    {
        var channel = new WeighedChannel<int>(countMax: 8, bytesMax: 10);
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(
            async () =>
            {
                for (int i = 0; i < 500; i++)
                    await channel.WriteAsync((w * 500) + i, 1 + (i % 7), Stop);
            },
            Stop)).ToArray();
        var ending = Task.WhenAll(writers).ContinueWith(_ => channel.TryComplete(), TaskScheduler.Default);
        var seen = new List<int>();
        await foreach (int one in channel.Reader.ReadAllAsync(Stop))
            seen.Add(one);
        Assert.True(await ending);
        Assert.Equal(Enumerable.Range(0, 2000), seen.Order());
        await Assert.ThrowsAsync<ChannelClosedException>(() => channel.WriteAsync(1, 1, Stop).AsTask());
    }

    [Fact]
    public async Task A_writer_that_waits_can_be_called_off()
    {
        var channel = new WeighedChannel<int>(countMax: 8, bytesMax: 1);
        await channel.WriteAsync(1, 1, Stop);
        using var off = new CancellationTokenSource();
        var waiting = channel.WriteAsync(2, 1, off.Token).AsTask();
        await off.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
