using System.Text;

namespace Offstage.Processes.Tests;

public sealed class OutputTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(5000)]
    public void Capture_keeps_both_ends_however_it_is_fed(int chunk)
    {
        const int Max = 600;
        for (int length = 0; length < 2000; length += 37)
        {
            byte[] all = [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26)))];
            var capture = new BoundedCapture(Max);
            foreach (byte[] part in all.Chunk(chunk))
                capture.Append(part);

            string text = Encoding.UTF8.GetString(all);
            string expected = length <= Max ? text : $"{text[..300]}\n[… {length - Max} bytes cut …]\n{text[^300..]}";
            Assert.Equal(expected, capture.ToString());
        }
    }

    [Fact]
    public async Task Tail_keeps_the_last_sixteen_kibibytes()
    {
        byte[] all = new byte[100_000];
        Array.Fill(all, (byte)'.');
        "the end"u8.CopyTo(all.AsSpan(all.Length - 7));
        using var stream = new MemoryStream(all);
        var tail = new OutputTail(stream);
        await tail.Drained;

        Assert.Equal(OutputTail.BytesMax, tail.Text.Length);
        Assert.EndsWith("the end", tail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_is_read_by_whole_names()
    {
        byte[] environment = "AB=1\0B=2=3\0"u8.ToArray();

        Assert.Equal("2=3", ProcessTree.FindVariable(environment, "B"));
        Assert.Null(ProcessTree.FindVariable(environment, "A"));
    }
}
