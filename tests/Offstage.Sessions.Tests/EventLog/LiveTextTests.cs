using System.Text.Json;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sql;
using Offstage.Testing;

namespace Offstage.Sessions.Tests.EventLog;

public sealed class LiveTextTests
{
    private const int Crowd = 100;

    private static readonly SessionId Session = new("ses_00000000000000000000000001");
    private static readonly TurnId Turn = new("trn_00000000000000000000000001");
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    private readonly VirtualTimeProvider time = new();
    private readonly EventHub hub;

    public LiveTextTests() => hub = new EventHub(time);

    [Fact]
    public void A_few_subscribers_get_each_piece_at_once()
    {
        var one = hub.Subscribe(Session, wantsLive: true);
        Say("item", "a");
        Say("item", "b");
        Assert.Equal(["a", "b"], TextsOf(one));
    }

    [Fact]
    public void A_crowd_gets_the_pieces_of_twenty_milliseconds_as_one()
    {
        var crowd = Subscribe();
        Say("item", "a");
        Say("item", "b");
        Assert.Empty(TextsOf(crowd[0]));
        time.Advance(Slice);
        Assert.All(crowd, one => Assert.Equal(["ab"], TextsOf(one)));
        Say("item", "c");
        time.Advance(Slice);
        Assert.Equal(["c"], TextsOf(crowd[^1]));
    }

    [Fact]
    public void Pieces_of_different_items_are_not_joined_and_keep_their_order()
    {
        var crowd = Subscribe();
        Say("one", "a");
        Say("two", "b");
        Say("one", "c");
        time.Advance(Slice);
        Assert.Equal(["a", "b", "c"], TextsOf(crowd[0]));
    }

    [Fact]
    public void A_durable_event_does_not_overtake_the_text_before_it_S7()
    {
        var crowd = Subscribe();
        Say("item", "a");
        hub.Publish(
            Session, [new SessionEvent(Session, new EventSequence(1), time.GetUtcNow(), new SessionEventBody.SessionArchived())],
            [new NewEvent("session.archived", 1, time.GetUtcNow(), "{}")]);
        var taken = crowd[0].Take(out _);
        Assert.Equal(["item.delta", "session.archived"], taken.Select(m => m.Kind));
    }

    [Fact]
    public void What_an_agent_floods_is_not_gathered_without_end()
    {
        var crowd = Subscribe();
        string piece = new('x', 1000);
        for (int i = 0; i < 40; i++)
            Say("item", piece);
        Assert.NotEmpty(TextsOf(crowd[0]));
    }

    [Fact]
    public void Nothing_is_kept_for_subscribers_that_have_all_left()
    {
        var crowd = Subscribe();
        Say("item", "a");
        foreach (var one in crowd)
            hub.Unsubscribe(Session, one);
        Assert.Equal(0, hub.SubscriberCount);
        Assert.Null(time.NextDue);
        time.Advance(Slice);
        Assert.Empty(TextsOf(crowd[0]));
    }

    private List<Subscription> Subscribe() => [.. Enumerable.Range(0, Crowd).Select(_ => hub.Subscribe(Session, wantsLive: true))];

    private void Say(string item, string text) => hub.PublishLive(Session, Turn, item, DeltaKind.Message, text);

    private static List<string> TextsOf(Subscription subscription)
        => [.. subscription.Take(out _).Select(m => JsonDocument.Parse(m.Json).RootElement.GetProperty("data").GetProperty("text").GetString()!)];
}
