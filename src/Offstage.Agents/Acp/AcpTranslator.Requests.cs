using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Acp;

// What the agent wants: allowed, asked or refused.
internal sealed partial class AcpTranslator
{
    private AcpReaction OnRequest(JsonRpcMessage.Request request)
    {
        if (session is null || request.Params.FindText("sessionId") is not { } id || id != session)
            return new AcpReaction([Raw(request)], [], IsUnknownRequest: true);
        return request.Method switch
        {
            AcpRequests.Permission => OnPermission(request),
            AcpRequests.Elicitation when request.Params.FindText("mode") is null or "form" => OnElicitation(request),
            AcpRequests.ReadFile => AcpReaction.Of([], new AcpWork.Serve(request)),
            AcpRequests.WriteFile => OnWrite(request),
            AcpRequests.CreateTerminal => OnCreateTerminal(request),
            "terminal/output" or "terminal/wait_for_exit" or "terminal/kill" or "terminal/release" => AcpReaction.Of([], new AcpWork.Serve(request)),
            _ => new AcpReaction([Raw(request)], [], IsUnknownRequest: true),
        };
    }

    private AcpReaction OnPermission(JsonRpcMessage.Request request)
    {
        // Outside of a turn nobody is there to answer.
        if (turn is null || request.Params.Find("toolCall") is not { } told || OnCall(told) is not { } events || turn.Calls.GetValueOrDefault(told.FindText("toolCallId")!) is not { } call)
            return AcpReaction.Of([Raw(request)], AcpRequests.Cancel(request));
        var ruling = rules.OnPermission(call.Deed);
        if (ruling == AcpRuling.Ask)
            return Open(request, AcpRequests.BodyOf(call), call, AcpRequests.OffersSession(request.Params), events);
        call.Approved = ruling == AcpRuling.Allow;
        call.Declined = ruling == AcpRuling.Refuse;
        return AcpReaction.Of(events, new AcpWork.Reply(request.Id, AcpRequests.Decide(request.Params, allow: call.Approved)));
    }

    private AcpReaction OnElicitation(JsonRpcMessage.Request request)
    {
        if (turn is null)
            return AcpReaction.Of([Raw(request)], AcpRequests.Cancel(request));
        return rules.Mode == AgentMode.Plan
            ? AcpReaction.Of([], AcpRequests.Answer(request, new RequestAnswer.Decline()))
            : Open(request, AcpRequests.BodyOf(request.Params), turn.Calls.GetValueOrDefault(request.Params.FindText("toolCallId") ?? ""), offersSession: false, []);
    }

    private AcpReaction OnWrite(JsonRpcMessage.Request request)
    {
        string path = request.Params.FindText("path") ?? "";
        var call = turn?.Calls.Values.FirstOrDefault(one => one.Deed == AcpDeed.Change && one.IsAbout(path, workspace));
        var shown = call?.Changes is { Count: > 0 } changes
            ? changes
            : [new ChangedFile(path, "update", AcpToolCall.Cut(request.Params.FindText("content")))];
        return Rule(rules.OnWrite(call is { Approved: true }), request, new RequestBody.ApproveFileChange(shown, null), call);
    }

    private AcpReaction OnCreateTerminal(JsonRpcMessage.Request request)
    {
        string commandLine = AcpRequests.CommandLineOf(request.Params);
        var call = turn?.Calls.Values.FirstOrDefault(
            one => one.Deed == AcpDeed.Command && !one.CommandStarted && AcpGate.IsSameCommand(one.CommandLine, commandLine));
        var ruling = rules.OnCommand(commandLine, call is { Approved: true });
        call?.CommandStarted = ruling == AcpRuling.Allow;
        return Rule(ruling, request, new RequestBody.ApproveCommand(commandLine, request.Params.FindText("cwd"), null), call);
    }

    private AcpReaction Rule(AcpRuling ruling, JsonRpcMessage.Request request, RequestBody body, AcpToolCall? call)
    {
        if (ruling == AcpRuling.Allow)
            return AcpReaction.Of([], new AcpWork.Serve(request));
        if (ruling == AcpRuling.Ask && turn is not null)
            return Open(request, body, call, offersSession: true, []);
        call?.Declined = true;
        return AcpReaction.Of(
            [], new AcpWork.Refuse(request.Id, JsonRpcError.InvalidRequest, turn is null ? "No turn runs." : "Nothing is changed while planning."));
    }

    private AcpReaction Open(
        JsonRpcMessage.Request request, RequestBody body, AcpToolCall? call, bool offersSession, IReadOnlyList<AgentEvent> before)
    {
        string key = request.Id.ToString();
        if (!requests.TryAdd(key, new Pending(request, body, call)))
            return AcpReaction.Of([.. before, Raw(request)]);
        return AcpReaction.Of([.. before, new AgentEvent.RequestOpened(key, call?.Id, body, offersSession)]);
    }

    /// <summary>The agent takes a request back.</summary>
    private AcpReaction OnWithdrawn(JsonElement told)
    {
        string key = told.Find("requestId")?.GetRawText() ?? "";
        return requests.Remove(key, out var open)
            ? AcpReaction.Of([new AgentEvent.RequestClosed(key)], AcpRequests.Cancel(open.Request))
            : AcpReaction.Of([]);
    }

    private List<AcpWork> TakeAllRequests()
    {
        List<AcpWork> works = [.. requests.Values.Select(open => AcpRequests.Cancel(open.Request))];
        requests.Clear();
        return works;
    }

    private sealed record Pending(JsonRpcMessage.Request Request, RequestBody Body, AcpToolCall? Call);
}
