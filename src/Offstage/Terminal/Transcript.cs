using Offstage.Client;
using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Terminal;

/// <summary>A session's events as a person reads them: what the agent does, while it does it.</summary>
internal sealed class Transcript(Screen screen)
{
    private const int ToolTextMax = 400;

    private readonly Dictionary<string, LiveItem> open = [];
    private readonly Dictionary<string, List<string>> early = [];
    private TextBlock? current;
    private string? currentItem;
    private bool blank = true;

    /// <summary>Prompts that are not shown: the person has just typed them.</summary>
    public HashSet<PromptId> Typed { get; } = [];

    /// <summary>Cumulative, as the agent told it last.</summary>
    public TokenUsage? Usage { get; private set; }

    public void Show(FeedMessage message)
    {
        switch (message)
        {
            case FeedMessage.Live live:
                ShowLive(live);
                break;
            case FeedMessage.Durable durable:
                Show(durable.Event.Body);
                break;
        }
    }

    /// <summary>A line of ours between what the agent says.</summary>
    public void Line(string text)
    {
        Interrupt();
        screen.WriteLine(text);
        blank = text.Length == 0;
    }

    /// <summary>An empty line, unless one stands there already.</summary>
    public void Gap()
    {
        Interrupt();
        if (blank)
            return;
        screen.WriteLine();
        blank = true;
    }

    private void Show(SessionEventBody body)
    {
        switch (body)
        {
            case PromptQueued e when !Typed.Contains(e.Prompt):
                Gap();
                foreach (string line in CleanText.Of(e.Text).Split('\n'))
                    Line(screen.Bold("> " + line));
                Gap();
                break;
            case PromptWithdrawn e:
                Line(screen.Dim($"A waiting prompt was withdrawn ({e.Reason})."));
                break;
            case ProvisioningStarted { Attempt: > 1 } e:
                Line(screen.Dim($"Starting sandbox and agent, attempt {e.Attempt}."));
                break;
            case ProvisioningFailed { RetryAt: not null } e:
                Line(screen.Yellow($"! Attempt {e.Attempt} to start failed: {CleanText.OneLine(e.Failure.Message, 1000)} Trying again."));
                break;
            case CursorForgotten e:
                Line(screen.Dim($"The next prompt begins a fresh agent, which is told the conversation so far ({e.Reason})."));
                break;
            case AgentChosen e:
                Line(screen.Dim($"From the next turn on: {CleanText.OneLine(e.Choice.Agent)}{(e.Choice.Model is null ? "" : " with " + CleanText.OneLine(e.Choice.Model))}, mode {e.Choice.Mode.ToString().ToLowerInvariant()}."));
                break;
            case TurnSteered e:
                Gap();
                foreach (string line in CleanText.Of(e.Text).Split('\n'))
                    Line(screen.Bold("+ " + line));
                Gap();
                break;
            case SteerSettled { Outcome: "missed" }:
                Line(screen.Dim("  It came too late for the turn and is asked as a prompt."));
                break;
            case SteerSettled { Outcome: "unconfirmed" }:
                Line(screen.Yellow("! Whether the agent took the addition is not known."));
                break;
            case TurnContinued:
                Line(screen.Yellow("! The agent was lost; another one goes on."));
                break;
            case TurnStopping { Ending: TurnOutcome.Failed failed }:
                Line(screen.Yellow($"! {CleanText.OneLine(failed.Failure.Message, 1000)}"));
                break;
            case TurnStopForced:
                Line(screen.Yellow("! The agent did not stop when asked and is killed."));
                break;
            case ItemStarted e:
                Start(e.Item);
                break;
            case ItemCompleted e:
                Complete(e.Item);
                break;
            case RequestOpened e:
                Gap();
                foreach (string line in RequestText.Of(e.Body))
                    Line(screen.Yellow(line));
                break;
            case RequestAnswered e:
                Line(screen.Dim($"  {RequestText.Of(e.Answer)} by {CleanText.OneLine(e.By.Name)}"));
                break;
            case RequestClosed { Reason: "stale" }:
                Line(screen.Yellow("! The agent that asked is gone; nobody waits for the answer any more."));
                break;
            case RequestClosed { Reason: "expired" }:
                Line(screen.Yellow("! Nobody answered in time: declined."));
                break;
            case UsageReported e:
                Usage = e.Usage;
                break;
            case AgentNotice e:
                Line(e.Level switch
                {
                    "error" => screen.Red("! " + CleanText.OneLine(e.Text, 2000)),
                    "warning" => screen.Yellow("! " + CleanText.OneLine(e.Text, 2000)),
                    _ => screen.Dim("· " + CleanText.OneLine(e.Text, 2000)),
                });
                break;
            case CheckpointFailed e:
                Line(screen.Red($"! The workspace could not be saved: {CleanText.OneLine(e.Reason, 1000)}"));
                break;
            case EffectGivenUp e:
                Line(screen.Red($"! Given up: {e.EffectKind}: {CleanText.OneLine(e.Error, 1000)}  See 'offstage dead'."));
                break;
            case WorkspaceReverted e:
                Line($"Reverted to checkpoint {e.Checkpoint}.");
                break;
            case RevertFailed e:
                Line(screen.Red($"! The revert to checkpoint {e.Checkpoint} failed: {CleanText.OneLine(e.Reason, 1000)}"));
                break;
        }
    }

    private void Start(Item item)
    {
        var live = item.Body switch
        {
            ItemBody.Command c => Command(c),
            ItemBody.Message => new LiveItem(new TextBlock(screen, "", TextStyle.Plain)),
            ItemBody.Reasoning => new LiveItem(new TextBlock(screen, "  ", TextStyle.DimItalic)),
            _ => null,
        };
        if (live is null)
            return;
        open[item.Id] = live;
        if (item.Body is ItemBody.Command)
            (current, currentItem) = (live.Block, item.Id);
        if (early.Remove(item.Id, out var pieces))
            pieces.ForEach(piece => Take(item.Id, live, piece));
    }

    private LiveItem Command(ItemBody.Command command)
    {
        Gap();
        string[] lines = CleanText.Of(command.CommandLine).Split('\n');
        Line($"{screen.Cyan("$")} {screen.Bold(lines[0])}");
        foreach (string line in lines.Skip(1))
            Line($"  {screen.Bold(line)}");
        return new LiveItem(new TextBlock(screen, screen.IsTerminal ? screen.Dim("│ ") : "  ", TextStyle.Dim));
    }

    private void ShowLive(FeedMessage.Live live)
    {
        if (live.Stream is not ("message" or "reasoning" or "command_output"))
            return;
        if (open.TryGetValue(live.ItemId, out var item))
            Take(live.ItemId, item, live.Text);
        else if (early.Count < 100)
            (early.TryGetValue(live.ItemId, out var pieces) ? pieces : early[live.ItemId] = []).Add(live.Text);
    }

    private void Take(string id, LiveItem item, string piece)
    {
        Turn(id, item);
        item.Take(piece);
        blank = false;
    }

    /// <summary>Makes an item the one that writes.</summary>
    private void Turn(string id, LiveItem item)
    {
        if (currentItem == id)
            return;
        Gap();
        (current, currentItem) = (item.Block, id);
    }

    private void Complete(Item item)
    {
        early.Remove(item.Id);
        switch (item.Body)
        {
            case ItemBody.Command c:
                var running = open.Remove(item.Id, out var command) ? command : Command(c);
                if (c.Output is { Length: > 0 } || currentItem == item.Id)
                    Finish(item.Id, running, c.Output ?? "");
                Line(Ending(item.Status, c));
                break;
            case ItemBody.Message m:
                Finish(item.Id, open.Remove(item.Id, out var message) ? message : new LiveItem(new TextBlock(screen, "", TextStyle.Plain)), m.Text);
                break;
            case ItemBody.Reasoning r:
                Finish(item.Id, open.Remove(item.Id, out var reasoning) ? reasoning : new LiveItem(new TextBlock(screen, "  ", TextStyle.DimItalic)), r.Text);
                break;
            case ItemBody.FileChange change:
                Gap();
                foreach (var file in change.Files)
                    Line($"{screen.Cyan("±")} {file.Kind,-6} {CleanText.OneLine(file.Path)}{Declined(item.Status)}");
                break;
            case ItemBody.ToolCall tool:
                Gap();
                Line($"{screen.Cyan("⚙")} {(tool.Server is null ? "" : CleanText.OneLine(tool.Server) + ".")}{CleanText.OneLine(tool.Tool)} {screen.Dim(CleanText.OneLine(tool.Arguments?.GetRawText() ?? "", ToolTextMax))}{Declined(item.Status)}");
                if ((tool.Error ?? tool.Result) is { Length: > 0 } said)
                    Line("  " + (tool.Error is null ? screen.Dim(CleanText.OneLine(said, ToolTextMax)) : screen.Red(CleanText.OneLine(said, ToolTextMax))));
                break;
            case ItemBody.Plan plan:
                Gap();
                Line(screen.Bold("Plan") + (plan.Explanation is null ? "" : screen.Dim($"  {CleanText.OneLine(plan.Explanation)}")));
                foreach (var step in plan.Steps)
                    Line($"  {Box(step.Status)} {CleanText.OneLine(step.Text)}");
                break;
            case ItemBody.ProposedPlan plan:
                Gap();
                Line(screen.Bold("Proposed plan"));
                foreach (string line in CleanText.Of(plan.Text).Split('\n'))
                    Line("  " + line);
                break;
            case ItemBody.WebSearch search:
                Line($"{screen.Cyan("⌕")} {CleanText.OneLine(search.Query)}");
                break;
            case ItemBody.Compaction:
                Line(screen.Dim("· The agent shortened its memory of the conversation."));
                break;
            case ItemBody.Raw raw:
                Line(screen.Dim($"· {CleanText.OneLine(raw.Kind)}"));
                break;
        }
    }

    private void Finish(string id, LiveItem item, string whole)
    {
        if (whole.Length > 0)
            Turn(id, item);
        item.Complete(whole, () => screen.WriteLine(screen.Dim("… live text was missed; the whole:")));
        (current, currentItem) = (null, null);
        blank = blank && whole.Length == 0;
    }

    private string Ending(ItemStatus status, ItemBody.Command command)
    {
        string time = command.DurationMs is { } ms ? $" · {Format.Duration(TimeSpan.FromMilliseconds(ms))}" : "";
        return (status, command.ExitCode) switch
        {
            (ItemStatus.Declined, _) => screen.Yellow("✗ declined"),
            (_, 0) => screen.Green("✓ exit 0") + screen.Dim(time),
            (_, { } code) => screen.Red($"✗ exit {code}") + screen.Dim(time),
            (ItemStatus.Completed, null) => screen.Green("✓ done") + screen.Dim(time),
            _ => screen.Red("✗ ended without an exit code") + screen.Dim(time),
        };
    }

    private string Declined(ItemStatus status) => status switch
    {
        ItemStatus.Declined => screen.Yellow("  declined"),
        ItemStatus.Failed => screen.Red("  failed"),
        _ => "",
    };

    private string Box(ItemStatus status) => status switch
    {
        ItemStatus.Completed => screen.Green("✓"),
        ItemStatus.InProgress => screen.Cyan("▸"),
        _ => screen.Dim("·"),
    };

    /// <summary>Something else is going to be written: the line that is begun ends here.</summary>
    private void Interrupt()
    {
        current?.EndLine();
        (current, currentItem) = (null, null);
    }
}
