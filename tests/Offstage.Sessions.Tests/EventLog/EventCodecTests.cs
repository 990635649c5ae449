using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sql;

namespace Offstage.Sessions.Tests.EventLog;

/// <summary>What was written once is read for ever.</summary>
public sealed class EventCodecTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly SessionId Session = new("ses_00000000000000000000000001");

    public static TheoryData<string> Names => [.. EventSamples.All.Select(s => s.Name)];

    /// <summary>A golden file that is missing is written, and the test fails once: it has to be looked at and committed.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_event_is_written_as_its_golden_file_says_and_read_back(string name)
    {
        var body = EventSamples.All.Single(s => s.Name == name).Body;
        string written = EventCodec.WriteData(body);
        string path = Path.Combine(AppContext.BaseDirectory, "EventLog", "Golden", $"{name}.v1.json");
        if (!File.Exists(path))
        {
            File.WriteAllText(Path.Combine(SourceFolder(), $"{name}.v1.json"), written + "\n");
            Assert.Fail($"{name} had no golden file; one was written. Look at it and commit it.");
        }

        string golden = File.ReadAllText(path).TrimEnd();
        Assert.Equal(golden, written);
        var read = EventCodec.Read(Session, new StoredEvent(new EventSequence(1), EventCodec.KindOf(body), 1, At, golden)).Body;
        Assert.Equal(body.GetType(), read.GetType());
        Assert.Equal(golden, EventCodec.WriteData(read));
    }

    [Fact]
    public void Every_kind_has_a_golden_file()
    {
        var sampled = EventSamples.All.Select(s => EventCodec.KindOf(s.Body)).ToHashSet();
        Assert.Equal(EventCodec.Kinds.Order(StringComparer.Ordinal), sampled.Order(StringComparer.Ordinal));
        Assert.All(EventSamples.All, s => Assert.StartsWith(EventCodec.KindOf(s.Body), s.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hologram.shown", 1, """{"x":[1,2]}""")]
    [InlineData("turn.ended", 2, """{"turn":"trn_1","how":"well"}""")]
    [InlineData("item.completed", 1, """{"turn":"trn_1","item":{"id":"i","status":"completed","body":{"type":"hologram","x":1}}}""")]
    public void What_a_newer_version_wrote_survives_a_read_as_it_is(string kind, int version, string data)
    {
        var read = EventCodec.Read(Session, new StoredEvent(new EventSequence(9), kind, version, At, data));
        var unknown = Assert.IsType<SessionEventBody.Unknown>(read.Body);
        Assert.Equal((kind, version, data), (unknown.Kind, unknown.SchemaVersion, EventCodec.WriteData(unknown)));
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "")
        => Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(path)!, "Golden")).FullName;
}
