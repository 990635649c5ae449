using System.CommandLine;
using System.Globalization;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Following;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage run "task"</c>: one session, followed in the terminal.</summary>
internal static class RunCommand
{
    public static Command Make()
    {
        var options = new RunOptions();
        var command = new Command("run", "Hand a task over and watch it. The exit code says how it ended.").With("""
            offstage run "fix the failing test"
            offstage run --repo https://example.org/team/app.git --ref main "update the changelog"
            git log -1 --format=%B | offstage run -
            offstage run --agent script 'echo hi > hi.txt'     (a demonstration without any model)
            """);
        options.AddTo(command);
        command.Run(async (parsed, environment, interrupts) => await RunAsync(environment, interrupts, options.Read(parsed)));
        return command;
    }

    private static async Task<int> RunAsync(CommandEnvironment environment, Interrupts interrupts, RunRequest request)
    {
        string task = await ReadTaskAsync(request.Task, interrupts.First);
        var person = GitPerson.FindAsync(environment, interrupts.First);
        var workspace = WorkspaceAsync(environment, request, interrupts.First);
        if (environment.NamedServer() is null)
            await workspace;

        await using var server = await ServerLink.OpenAsync(environment, request.Agent, interrupts.First);
        if (server.IsOwn && environment.Screen.IsTerminal)
            environment.Screen.WriteLine(environment.Screen.Dim("No server is running: this command hosts one until it ends."));
        else if (server.IsOwn && !environment.Json)
            environment.Screen.Note("No server is running: this command hosts one until it ends.");

        var body = new CreateSessionBody
        {
            Workspace = await workspace,
            Agent = request.Agent,
            Model = request.Model,
            Effort = request.Effort,
            Mode = ModeOption.Read(request.Mode),
            Title = request.Title,
            Prompt = task,
            Attachments = await ImageOption.ReadAsync(request.Images, interrupts.First),
            Limits = new LimitsBody
            {
                TurnTimeoutMs = request.TurnTimeoutMs,
                OnAgentLost = request.OnAgentLost == "continue" ? AgentLostPolicy.Continue : null,
                MaxTokens = request.Spending.Tokens,
                MaxCostUsd = request.Spending.CostUsd,
                MaxTurns = request.Spending.Turns,
                MaxMinutes = request.Spending.Minutes,
            },
            Candidates = request.Candidates.Length == 0 ? null : [.. request.Candidates.Select(Candidate)],
            Count = request.Count,
            Sandbox = new SandboxBody
            {
                Isolation = request.Sandbox == "none" ? SandboxIsolation.None : null,
                Network = request.Network == "none" ? SandboxNetwork.None : null,
            },
            Author = await person,
        };
        var made = (await server.Api.PostAsync(
            "v1/sessions", body, ClientJson.Default.CreateSessionBody, ClientJson.Default.SessionView, withKey: true, interrupts.First)).Value;
        if (made.Siblings is { } siblings && !environment.Json)
            environment.Screen.Note($"{siblings.Count} sessions work on it{(server.IsOwn ? ", shown one after the other" : "; this is the first")}. Side by side: offstage compare {SessionFinder.ShortOf(made.Id)}");
        var (prompt, turn) = made.Turn is { } active ? (active.PromptId, active.Id) : (made.Queue[0].Id, made.Queue[0].TurnId);
        int code = await TurnFlow.FollowAsync(environment, server, interrupts, made, prompt, turn, EventSequence.None);
        if (made.Siblings is null || !server.IsOwn)
            return code;

        // Our own server ends with this command: what it has begun is followed to its end.
        foreach (var sibling in made.Siblings.Where(s => s != made.Id))
            code = Math.Min(code, await FollowSiblingAsync(environment, server, interrupts, sibling));
        return code;
    }

    /// <summary>From the beginning of its first turn, which may be over.</summary>
    private static async Task<int> FollowSiblingAsync(CommandEnvironment environment, ServerLink server, Interrupts interrupts, SessionId sibling)
    {
        var view = (await server.Api.GetAsync($"v1/sessions/{sibling.Value}", ClientJson.Default.SessionView, interrupts.First)).Value;
        var turns = (await server.Api.GetAsync($"v1/sessions/{sibling.Value}/turns?limit=1", ClientJson.Default.TurnPage, interrupts.First)).Value;
        return await TurnFlow.FollowAsync(environment, server, interrupts, view, turns.Turns[0].PromptId, turns.Turns[0].Id, EventSequence.None);
    }

    private static async Task<string> ReadTaskAsync(string task, CancellationToken cancellationToken)
    {
        string text = task == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : task;
        return string.IsNullOrWhiteSpace(text) ? throw CommandException.Usage("prompt_empty", "The task is empty: say what is to be done.") : text;
    }

    private static async Task<WorkspaceBody> WorkspaceAsync(CommandEnvironment environment, RunRequest request, CancellationToken cancellationToken)
    {
        if (request.NoRepository)
        {
            return request.Repository is null && request.Ref is null
                ? new WorkspaceBody { Kind = "none" }
                : throw CommandException.Usage("usage", "--no-repo goes with neither --repo nor --ref.");
        }

        if (request.Repository is { } given && !Directory.Exists(given))
        {
            bool isUrl = given.Contains("://", StringComparison.Ordinal) || (given.Contains('@', StringComparison.Ordinal) && given.Contains(':', StringComparison.Ordinal));
            return isUrl
                ? new WorkspaceBody { Kind = "repository", Url = given, Ref = request.Ref }
                : throw CommandException.Usage("repository_not_found", $"There is no folder {Path.GetFullPath(given)}.");
        }

        string folder = Path.GetFullPath(request.Repository ?? environment.WorkingDirectory);
        string? top = await GitPerson.FindRepositoryAsync(environment, folder, cancellationToken);
        if (top is null && request.Repository is null)
        {
            throw CommandException.Usage(
                "no_repository", $"{folder} is in no git repository. Go into one, name one with --repo, or say --no-repo to work in an empty folder.");
        }

        // A bare repository has no work tree to be in; whether it is one is for the server to say.
        return new WorkspaceBody { Kind = "repository", Path = top ?? folder, Ref = request.Ref };
    }

    private static CandidateBody Candidate(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new CandidateBody { Agent = text } : new CandidateBody { Agent = text[..colon], Model = text[(colon + 1)..] };
    }

    /// <summary>What stands on the command line.</summary>
    private sealed record RunRequest(
        string Task, string? Repository, bool NoRepository, string? Ref, string? Agent, string? Model, string? Effort, string? Mode,
        string? Network, string? Sandbox, string? Title, string? OnAgentLost, long? TurnTimeoutMs, Spending Spending, string[] Candidates, int? Count,
        string[] Images);

    private sealed record Spending(long? Tokens, decimal? CostUsd, int? Turns, int? Minutes);

    private sealed class RunOptions
    {
        private readonly Argument<string> task = new("TASK") { Description = "What is to be done; '-' reads it from standard input." };
        private readonly Option<string?> repository = new("--repo") { Description = "Repository: a folder, or a URL that git can clone. Default: the one of the current folder.", HelpName = "PATH|URL" };
        private readonly Option<bool> noRepository = new("--no-repo") { Description = "Work in an empty folder." };
        private readonly Option<string?> reference = new("--ref") { Description = "Branch, tag or commit to begin at. Default: the repository's HEAD.", HelpName = "REF" };
        private readonly Option<string?> agent = new("--agent") { Description = "Agent: codex, script, …. Default: the first that is usable.", HelpName = "NAME" };
        private readonly Option<string?> model = new("--model") { Description = "Model, in the agent's words.", HelpName = "NAME" };
        private readonly Option<string?> effort = new("--effort") { Description = "Effort of thinking, in the agent's words.", HelpName = "NAME" };
        private readonly Option<string?> mode = Choice("--mode", "How much the agent may do without asking; plan changes nothing and ends with a plan. Default: auto, the sandbox is the wall.", ModeOption.Names);
        private readonly Option<string[]> images = ImageOption.Make();
        private readonly Option<string?> network = Choice("--network", "Network of the sandbox. Default: full.", "full", "none");
        private readonly Option<string?> sandbox = Choice("--sandbox", "Wall around the agent. Default: process.", "process", "none");
        private readonly Option<string?> title = new("--title") { Description = "Name of the session. Default: the first line of the task.", HelpName = "TEXT" };
        private readonly Option<string?> onAgentLost = Choice("--on-agent-lost", "What becomes of the turn when the server is lost. Default: end.", "end", "continue");
        private readonly Option<string?> turnTimeout = new("--turn-timeout") { Description = "How long the turn may work: 90s, 20m, 2h. Default: 2h.", HelpName = "TIME" };

        private readonly Option<long?> maxTokens = new("--max-tokens") { Description = "Stop when the session has used so many tokens, in and out.", HelpName = "N" };
        private readonly Option<decimal?> maxCost = new("--max-cost") { Description = "Stop when the session has cost so many US dollars.", HelpName = "USD" };
        private readonly Option<int?> maxTurns = new("--max-turns") { Description = "Refuse prompts over so many turns.", HelpName = "N" };
        private readonly Option<int?> maxMinutes = new("--max-minutes") { Description = "Stop when agents have worked for so many minutes.", HelpName = "N" };
        private readonly Option<string[]> candidates = new("--candidate")
        {
            Description = "Give the task to several and choose: once for each, as AGENT or AGENT:MODEL. See 'offstage compare'.",
            HelpName = "AGENT[:MODEL]",
        };

        private readonly Option<int?> count = new("--count") { Description = "Give the task to so many of the same agent, and choose.", HelpName = "N" };

        public void AddTo(Command command)
        {
            command.Arguments.Add(task);
            foreach (Option option in (Option[])[repository, noRepository, reference, agent, model, effort, mode, network, sandbox, title, onAgentLost, turnTimeout, maxTokens, maxCost, maxTurns, maxMinutes, candidates, count, images])
                command.Options.Add(option);
        }

        public RunRequest Read(ParseResult parsed) => new(
            parsed.GetRequiredValue(task), parsed.GetValue(repository), parsed.GetValue(noRepository), parsed.GetValue(reference),
            parsed.GetValue(agent), parsed.GetValue(model), parsed.GetValue(effort), parsed.GetValue(mode), parsed.GetValue(network),
            parsed.GetValue(sandbox), parsed.GetValue(title), parsed.GetValue(onAgentLost), Milliseconds(parsed.GetValue(turnTimeout)),
            new Spending(parsed.GetValue(maxTokens), parsed.GetValue(maxCost), parsed.GetValue(maxTurns), parsed.GetValue(maxMinutes)),
            parsed.GetValue(candidates) ?? [], parsed.GetValue(count), parsed.GetValue(images) ?? []);

        private static Option<string?> Choice(string name, string description, params string[] choices)
        {
            var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', choices) };
            option.AcceptOnlyFromAmong(choices);
            return option;
        }

        private static long? Milliseconds(string? text)
        {
            if (text is null)
                return null;
            long unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1000, 'm' => 60_000, 'h' => 3_600_000, >= '0' and <= '9' => 1000, _ => 0 };
            string number = text.Length > 0 && char.IsAsciiDigit(text[^1]) ? text : text[..^Math.Min(1, text.Length)];
            return unit > 0 && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count is > 0 and < 1_000_000
                ? count * unit
                : throw CommandException.Usage("invalid_time", $"'{text}' is no time: give seconds, minutes or hours, as in 90s, 20m or 2h.");
        }
    }
}
