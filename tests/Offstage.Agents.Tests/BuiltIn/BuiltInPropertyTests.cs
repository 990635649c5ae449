using Offstage.Agents.BuiltIn;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>Whatever a model says, and however it breaks off: the events are well formed, the turn ends, the conversation is valid (S3, S5).</summary>
public sealed class BuiltInPropertyTests
{
    private const int Runs = 40;

    private static readonly string[] Tools = ["shell", "read", "write", "edit", "glob", "grep", "plan", "ask", "", "no such\ttool", new('x', 300)];

    private static readonly string[] Arguments =
    [
        "{}", "", "null", "[", "{\"command\":", """{"command":"echo hi"}""", """{"command":"printf '\\377\\000'; exit 3"}""", """{"path":"a.txt"}""",
        """{"path":"a.txt","content":"x\ny\n"}""", """{"path":"a.txt","old":"x","new":"z"}""", """{"pattern":"**/*"}""", """{"pattern":"["}""", """{"pattern":"(("}""",
        """{"steps":[{"text":"t","status":"completed"}]}""", """{"steps":7}""", """{"question":"?"}""", """{"path":"\u0000"}""", """{"path":{"a":1}}""",
    ];

    [Fact]
    public Task Random_models_break_no_rule() => Seeds.ForEachAsync(Runs, CheckAsync);

    private static async Task CheckAsync(Random random)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var model = new ScriptedModel([.. Enumerable.Range(0, 12).Select<int, Func<ModelRequest, IEnumerable<ModelChunk>>>(_ =>
        {
            var chunks = Chunks(random);
            return _ => Play(chunks);
        })]);
        await using var rig = model.CreateRig(options => options with
        {
            ContextWindow = random.Next(2) == 0 ? 3_000 : 200_000,
            Retries = new BuiltInRetries { FirstDelay = TimeSpan.FromMilliseconds(1), DelayMax = TimeSpan.FromMilliseconds(2), AttemptsMax = 3 },
            Limits = new BuiltInLimits { StepsMax = 8 },
        });
        var modes = Enum.GetValues<AgentMode>();
        var (session, listener) = await rig.OpenAsync(rig.Start(modes[random.Next(modes.Length)]));
        for (int turn = 0; turn < 3; turn++)
        {
            await session.StartTurnAsync(new TurnInput("go") { Tag = $"{turn}" }, cancellation);
            await UntilEndAsync(session, listener, random, cancellation);
        }

        var checker = new TurnChecker(random);
        checker.See(listener.Seen);
        Assert.False(checker.IsInTurn);
        Assert.Equal(3, listener.Of<AgentEvent.TurnEnded>().Count());
        Assert.DoesNotContain(listener.Of<AgentEvent.TurnEnded>(), end => end.Error?.Contains("internal_error", StringComparison.Ordinal) == true);
        Assert.All(model.Requests, request => EntryAssert.IsValid(request.Entries));
    }

    private static async Task UntilEndAsync(IAgentSession session, AgentListener listener, Random random, CancellationToken cancellation)
    {
        if (random.Next(3) == 0)
            await session.SteerAsync("also this", cancellation);
        while (await listener.NextAsync<AgentEvent>(one => one is AgentEvent.TurnEnded or AgentEvent.RequestOpened or AgentEvent.ItemStarted) is var one and not AgentEvent.TurnEnded)
        {
            if (random.Next(8) == 0)
                await session.InterruptAsync(cancellation);
            if (one is AgentEvent.RequestOpened asked)
                await session.AnswerAsync(asked.Key, AnswerTo(asked.Request, random), cancellation);
        }
    }

    private static RequestAnswer AnswerTo(RequestBody request, Random random) => random.Next(3) switch
    {
        0 => new RequestAnswer.Decline(),
        1 when random.Next(4) == 0 => new RequestAnswer.Cancel(),
        _ when request is RequestBody.Questions questions
            => new RequestAnswer.Answers(questions.Items.ToDictionary(question => question.Id, _ => (IReadOnlyList<string>)["yes"])),
        _ => new RequestAnswer.Approve(random.Next(2) == 0),
    };

    private static IEnumerable<ModelChunk> Play(List<object> chunks)
    {
        foreach (object chunk in chunks)
        {
            if (chunk is Exception broken)
                throw broken;
            yield return (ModelChunk)chunk;
        }
    }

    private static List<object> Chunks(Random random)
    {
        var chunks = new List<object>();
        for (int count = random.Next(7); count > 0; count--)
        {
            chunks.Add(random.Next(10) switch
            {
                0 or 1 => new ModelChunk.Text(new string('t', random.Next(2000))),
                2 => new ModelChunk.Reasoning("r"),
                3 => new ModelChunk.ReasoningDone(null, random.Next(2) == 0 ? "p" : null, random.Next(2) == 0),
                4 => new ModelChunk.Used(new ModelUsage(random.Next(5000), 0, 0, random.Next(500), null)),
                5 when random.Next(4) == 0 => Broken(random),
                _ => new ModelChunk.Call(random.Next(3) == 0 ? "same" : $"{random.Next()}", Tools[random.Next(Tools.Length)], Arguments[random.Next(Arguments.Length)]),
            });
        }

        if (random.Next(8) > 0)
            chunks.Add(new ModelChunk.Ended((ModelStop)random.Next(3)));
        return chunks;
    }

    private static Exception Broken(Random random) => random.Next(5) switch
    {
        0 => new IOException("reset"),
        1 => new ModelException(new ModelFailure.TooLong("full")),
        2 => new ModelException(new ModelFailure.Lasting("model_auth_failed", "no")),
        _ => new ModelException(new ModelFailure.Passing("model_overloaded", "later", TimeSpan.FromMilliseconds(1))),
    };
}
