using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Acp;

/// <summary>One way to set something: a call, without the session's id.</summary>
internal sealed record AcpChange(string Method, JsonObject Parameters);

/// <summary>What the agent offers to set, and what it is set to: its modes, models and other options.</summary>
internal sealed class AcpSettings(AcpOptions options)
{
    // Known of Claude Code, Gemini, Codex, Cursor, Zed and others; best first, without what is neither letter nor digit.
    private static readonly Dictionary<AgentMode, string[]> Known = new()
    {
        [AgentMode.Auto] = ["bypasspermissions", "yolo", "fullaccess", "autoapprove", "dangerouslyskippermissions", "default", "code", "build", "agent", "auto"],
        [AgentMode.Ask] = ["default", "ask", "manual", "alwaysask", "code", "build", "agent"],
        [AgentMode.Edit] = ["acceptedits", "autoedit", "autoacceptedits", "default", "ask", "code", "build", "agent"],
        [AgentMode.Plan] = ["plan", "planmode", "planning", "architect", "readonly"],
    };

    private readonly Lock gate = new();
    private Choice? modes;
    private Choice? models;
    private Choice? configuredModes;
    private Choice? configuredModels;
    private Choice? efforts;

    /// <summary>The agent has a mode that is known to plan, and is to use it.</summary>
    public bool CanPlan
    {
        get
        {
            lock (gate)
                return FindModes(AgentMode.Plan).FirstOrDefault() is { } first && Known[AgentMode.Plan].Contains(Plain(first));
        }
    }

    /// <summary>What the opened conversation offers.</summary>
    public void OnOpened(JsonElement opened)
    {
        lock (gate)
        {
            if (opened.Find("modes") is { } offered)
                modes = new Choice("session/set_mode", "modeId", null, offered.FindText("currentModeId"), Values(offered.List("availableModes"), "id"));

            // Not in the protocol's schema any more; Gemini 0.61.0 still offers it.
            if (opened.Find("models") is { } named)
                models = new Choice("session/set_model", "modelId", null, named.FindText("currentModelId"), Values(named.List("availableModels"), "modelId"));
            Configure(opened);
        }
    }

    public IReadOnlyList<AgentEvent> OnMode(JsonElement update)
    {
        lock (gate)
            modes = modes is null ? null : modes with { Current = update.FindText("currentModeId") };
        return [];
    }

    public IReadOnlyList<AgentEvent> OnConfig(JsonElement update)
    {
        lock (gate)
            Configure(update);
        return [];
    }

    /// <summary>Its own modes for ours, best first. Empty when there is none, or when it is in one already.</summary>
    public IReadOnlyList<AcpChange> ForMode(AgentMode mode)
    {
        lock (gate)
        {
            var fitting = FindModes(mode);
            var choice = Modes;
            return fitting.Count == 0 || fitting[0] == choice?.Current ? [] : [.. fitting.Select(id => choice!.Set(id))];
        }
    }

    /// <returns>Null when it is set already, or when there is no choice of models: then <paramref name="offered"/> is empty.</returns>
    public AcpChange? ForModel(string model, out IReadOnlyList<string> offered)
    {
        lock (gate)
            return For(models ?? configuredModels, model, out offered);
    }

    /// <inheritdoc cref="ForModel"/>
    public AcpChange? ForEffort(string effort, out IReadOnlyList<string> offered)
    {
        lock (gate)
            return For(efforts, effort, out offered);
    }

    /// <summary>It took the change.</summary>
    public void OnChanged(AcpChange change, JsonElement answer)
    {
        lock (gate)
        {
            switch (change.Method)
            {
                case "session/set_mode":
                    modes = modes! with { Current = (string?)change.Parameters["modeId"] };
                    break;
                case "session/set_model":
                    models = models! with { Current = (string?)change.Parameters["modelId"] };
                    break;
                default:
                    Configure(answer);
                    break;
            }
        }
    }

    private Choice? Modes => modes ?? configuredModes;

    private static AcpChange? For(Choice? choice, string value, out IReadOnlyList<string> offered)
    {
        offered = choice is null ? [] : [.. choice.Values.Select(one => one.Id)];
        return choice is null || choice.Current == value ? null : choice.Set(value);
    }

    private List<string> FindModes(AgentMode mode)
    {
        if (Modes is not { } choice)
            return [];
        IEnumerable<string> wanted = Known[mode];
        if (options.Modes.TryGetValue(mode, out var configured))
            wanted = [Plain(configured)];
        List<string> fitting = [.. wanted.SelectMany(name => choice.Values.Where(one => Plain(one.Id) == name || Plain(one.Name) == name).Select(one => one.Id)).Distinct()];

        // Out of planning in any case: a mode without a known name is better than one that does nothing.
        if (fitting.Count == 0 && mode != AgentMode.Plan && choice.Current is { } current && Known[AgentMode.Plan].Contains(Plain(current)))
            fitting.AddRange(choice.Values.Select(one => one.Id).Where(id => !Known[AgentMode.Plan].Contains(Plain(id))).Take(1));
        return fitting;
    }

    private void Configure(JsonElement holder)
    {
        foreach (var option in holder.List("configOptions"))
        {
            if (option.FindText("id") is not { } id || option.FindText("type") is { } type && type != "select")
                continue;
            var choice = new Choice("session/set_config_option", "value", id, option.FindText("currentValue"), Values(Flatten(option.List("options")), "value"));
            switch (option.FindText("category") ?? id)
            {
                case "mode":
                    configuredModes = choice;
                    break;
                case "model":
                    configuredModels = choice;
                    break;
                case "thought_level":
                    efforts = choice;
                    break;
            }
        }
    }

    private static IEnumerable<JsonElement> Flatten(IEnumerable<JsonElement> offered) =>
        offered.SelectMany(one => one.Find("options") is null ? [one] : one.List("options"));

    private static IReadOnlyList<(string Id, string Name)> Values(IEnumerable<JsonElement> offered, string id) =>
        [.. offered.Where(one => one.FindText(id) is not null).Select(one => (one.FindText(id)!, one.FindText("name") ?? ""))];

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private sealed record Choice(string Method, string Member, string? ConfigId, string? Current, IReadOnlyList<(string Id, string Name)> Values)
    {
        public AcpChange Set(string value)
        {
            var parameters = new JsonObject { [Member] = value };
            if (ConfigId is not null)
                parameters["configId"] = ConfigId;
            return new AcpChange(Method, parameters);
        }
    }
}
