using System.Text.Json;
using Offstage.Agents.BuiltIn;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>What goes to each endpoint, and what is made of its answers.</summary>
public sealed class ModelWireTests
{
    private static readonly ToolSpec Tool = new("look", "Looks.", """{"type":"object"}""");

    [Theory]
    [InlineData(BuiltInWire.Messages, "Messages/m", true)]
    [InlineData(BuiltInWire.Messages, "Messages/other", false)]
    [InlineData(BuiltInWire.Messages, "Responses/m", false)]
    [InlineData(BuiltInWire.Responses, "Responses/m", true)]
    [InlineData(BuiltInWire.Responses, "Messages/m", false)]
    [InlineData(BuiltInWire.ChatCompletions, "ChatCompletions/m", false)]
    public void Reasoning_goes_back_only_to_the_model_and_the_api_it_came_from(BuiltInWire wire, string answerer, bool told)
    {
        string body = Write(wire, [
            new Entry.Prompt("hi", []),
            new Entry.Answer(answerer, [new Part.Reasoning("deep thought", "rs_1", "signed"), new Part.Text("well"), new Part.Call("c1", "look", """{"a":1}""")]),
            new Entry.Result("c1", "seen", false)]);

        Assert.Equal(told, body.Contains("signed", StringComparison.Ordinal));
        Assert.Contains("well", body, StringComparison.Ordinal);
        Assert.Contains("seen", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_alternate_results_come_first_and_the_end_is_marked_for_the_cache()
    {
        var body = JsonElement.Parse(Write(BuiltInWire.Messages, [
            new Entry.Summary("before", "- [pending] x"),
            new Entry.Prompt("go", [new Picture("image/png", [1, 2])]),
            new Entry.Answer("Messages/m", [new Part.Call("c1", "look", "{}")]),
            new Entry.Result("c1", "seen", true),
            new Entry.Addition("and this"),
            new Entry.Interrupted()]));

        var messages = body.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["user", "assistant", "user"], messages.Select(message => message.GetProperty("role").GetString()));
        Assert.Equal(["text", "image", "text"], Types(messages[0]));
        Assert.Equal(["tool_result", "text", "text"], Types(messages[2]));
        Assert.Equal("ephemeral", messages[2].GetProperty("content")[2].GetProperty("cache_control").GetProperty("type").GetString());
        Assert.Equal(2, body.GetRawText().Split("cache_control").Length - 1);
        Assert.Equal("look", body.GetProperty("tools")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void A_compatible_server_may_leave_out_the_index_split_arguments_or_send_calls_whole()
    {
        var split = new ChatWire.Reader();
        Assert.Empty(split.Read(JsonElement.Parse("""{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":"{\"x\""}}]}}]}""")));
        Assert.Empty(split.Read(JsonElement.Parse("""{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"id":"b","function":{"name":"look"}}]},"finish_reason":"tool_calls"}]}""")));
        Assert.Equal(
            [new ModelChunk.Call("a", "look", """{"x":1}"""), new ModelChunk.Call("b", "look", ""), new ModelChunk.Ended(ModelStop.Done)], split.End());

        var whole = new ChatWire.Reader();
        Assert.Equal(
            [new ModelChunk.Reasoning("hm")],
            whole.Read(JsonElement.Parse("""{"choices":[{"delta":{"reasoning":"hm","tool_calls":[{"id":"a","function":{"name":"x","arguments":"{}"}},{"id":"b","function":{"name":"y","arguments":"{}"}}]},"finish_reason":"stop"}]}""")));
        Assert.Equal(["x", "y"], whole.End().OfType<ModelChunk.Call>().Select(call => call.Tool));
        Assert.Empty(new ChatWire.Reader().End());
    }

    [Fact]
    public void Usage_counts_what_was_cached_as_input_also_where_the_api_does_not()
    {
        var reader = new MessagesWire.Reader();
        _ = reader.Read(JsonElement.Parse("""{"type":"message_start","message":{"usage":{"input_tokens":10,"cache_read_input_tokens":70,"cache_creation_input_tokens":20,"output_tokens":1}}}""")).ToList();
        var last = reader.Read(JsonElement.Parse("""{"type":"message_delta","usage":{"output_tokens":9},"delta":{"stop_reason":"tool_use"}}""")).ToList();

        var usage = new ModelUsage(100, 70, 20, 9, null);
        Assert.Equal([new ModelChunk.Used(usage), new ModelChunk.Ended(ModelStop.Done)], last);
        Assert.Equal((10 * 3m + 70 * 0.3m + 20 * 3.75m + 9 * 15m) / 1_000_000m, usage.CostOf(new BuiltInPrices(3, 15, 0.3m, 3.75m)));
    }

    private static IEnumerable<string?> Types(JsonElement message) => message.GetProperty("content").EnumerateArray().Select(block => block.GetProperty("type").GetString());

    private static string Write(BuiltInWire wire, Entry[] entries)
    {
        var request = new ModelRequest("m", "high", "system", entries, [Tool], 1000);
        return (wire switch
        {
            BuiltInWire.Messages => MessagesWire.Write(request, ModelNames.Answerer(wire, "m")),
            BuiltInWire.ChatCompletions => ChatWire.Write(request, isCompatible: false),
            _ => ResponsesWire.Write(request, ModelNames.Answerer(wire, "m")),
        }).ToJsonString();
    }
}
