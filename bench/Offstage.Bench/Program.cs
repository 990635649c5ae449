using Offstage.Bench;
using Offstage.Bench.Servers;
using Offstage.Bench.Sessions;

return args switch
{
    ["sql"] or ["events"] => await SqlBench.RunAsync(),
    ["create"] => await RequestBench.CreateAsync(),
    ["prompt"] => await RequestBench.PromptAsync(),
    ["turn"] => await TurnBench.RunAsync(),
    ["fanout"] => await FanoutBench.RunAsync(),
    ["agent"] => await AgentBench.RunAsync(),
    ["start"] => await StartBench.RunAsync(),

    // Processes of their own that the rows above start.
    ["serve", var home] => await MeasuredServers.ServeAsync(home),
    ["hello"] => await MeasuredServers.HelloAsync(),
    ["subscribe", var url, var token, var session, var count] => await FanoutSubscribers.RunAsync(new Uri(url), token, session, int.Parse(count)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Offstage.Bench sql|events|create|prompt|turn|fanout|agent|start");
    return 2;
}
