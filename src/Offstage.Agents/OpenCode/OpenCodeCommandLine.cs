using System.Text.Json.Nodes;
using Offstage.Sandboxes;

namespace Offstage.Agents.OpenCode;

/// <summary>How the server is started in a sandbox.</summary>
internal static class OpenCodeCommandLine
{
    /// <summary>Id of the configured endpoint within OpenCode's settings.</summary>
    public const string ProviderId = "offstage";

    public const string UserName = "opencode";

    // OpenCode installs a package for plugins into each folder of settings, from the npm registry, unless a lock file there already
    // names it. Nothing here needs it, and nothing but the model is to be talked to.
    private const string Script =
        """
        d="$HOME/.config/opencode"
        mkdir -p "$d/node_modules"
        [ -e "$d/package-lock.json" ] || printf '%s' '{"packages":{"":{"dependencies":{"@opencode-ai/plugin":"*"}}}}' > "$d/package-lock.json"
        exec "$0" "$@"
        """;

    /// <summary>Settings go by the environment: no file of them has to be written into the sandbox before, none is left to disagree
    /// with the next start, and no secret is among them.</summary>
    public static ProcessSpec Build(string program, OpenCodeOptions options, AgentStart start, string password) => new()
    {
        // Port 0 takes 4096 or, when that is taken, any other; the one taken is printed.
        Command = ["/bin/sh", "-c", Script, program, "serve", "--hostname", "127.0.0.1", "--port", "0"],
        WorkingDirectory = start.WorkspacePath,
        Environment = new Dictionary<string, string>(start.Environment)
        {
            ["HOME"] = start.HomePath,
            ["OPENCODE_SERVER_USERNAME"] = UserName,
            ["OPENCODE_SERVER_PASSWORD"] = password,
            ["OPENCODE_CONFIG_CONTENT"] = Settings(options, start).ToJsonString(),
            ["OPENCODE_DISABLE_AUTOUPDATE"] = "1",
            ["OPENCODE_DISABLE_MODELS_FETCH"] = "1",
            ["OPENCODE_DISABLE_LSP_DOWNLOAD"] = "1",
            ["OPENCODE_DISABLE_SHARE"] = "1",
            ["OPENCODE_DISABLE_DEFAULT_PLUGINS"] = "1",
            ["OPENCODE_ENABLE_QUESTION_TOOL"] = "1",
        },
    };

    /// <returns>Null: OpenCode chooses.</returns>
    public static (string Provider, string Model)? FindModel(OpenCodeOptions options, string? model) => model?.IndexOf('/', StringComparison.Ordinal) switch
    {
        null => null,
        > 0 and var slash when options.ModelProvider is null || model.StartsWith(ProviderId + "/", StringComparison.Ordinal)
            => (model[..slash], model[(slash + 1)..]),

        // Names of models at an endpoint of one's own may hold slashes.
        _ when options.ModelProvider is not null => (ProviderId, model),
        _ => (model.StartsWith("claude", StringComparison.OrdinalIgnoreCase) ? "anthropic" : "openai", model),
    };

    private static JsonObject Settings(OpenCodeOptions options, AgentStart start)
    {
        var settings = new JsonObject
        {
            ["autoupdate"] = false,
            ["share"] = "disabled",

            // Its own snapshots of the files would be a second set of checkpoints, and a rollback would bring files back from them.
            ["snapshot"] = false,
            ["permission"] = Rules(),
            ["agent"] = new JsonObject
            {
                // A workspace's settings for these would go before the rules above, and those would let `explore` change files.
                ["build"] = new JsonObject { ["permission"] = Rules() },
                ["plan"] = new JsonObject { ["permission"] = Rules(edit: "deny") },
                ["general"] = new JsonObject { ["permission"] = Rules() },
                ["explore"] = new JsonObject { ["permission"] = Rules(edit: "deny") },
            },

            // A turn goes on after a refused question, so that its end is the model's.
            ["experimental"] = new JsonObject { ["continue_loop_on_deny"] = true },

            // Without this, its makers' own service is a provider too, even without a key.
            ["enabled_providers"] = options.ModelProvider is null ? ["anthropic", "openai"] : new JsonArray(ProviderId),
        };
        if (options.ModelProvider is { } provider)
        {
            var declared = provider.Models.Select(name => FindModel(options, name)).Append(FindModel(options, start.Model))
                .OfType<(string Provider, string Model)>().Select(one => one.Model).Distinct(StringComparer.Ordinal).ToList();
            settings["provider"] = new JsonObject
            {
                [ProviderId] = new JsonObject
                {
                    ["npm"] = "@ai-sdk/openai-compatible",
                    ["name"] = "Offstage",
                    ["options"] = new JsonObject
                    {
                        ["baseURL"] = provider.BaseUrl,
                        ["apiKey"] = provider.KeyVariable is { } variable ? $"{{env:{variable}}}" : "none",
                    },
                    ["models"] = new JsonObject(declared.Select(name => KeyValuePair.Create(name, (JsonNode?)Model(name)))),
                },
            };
            if (declared.Count > 0)
                settings["model"] = $"{ProviderId}/{FindModel(options, start.Model)?.Model ?? declared[0]}";
        }
        else if (FindModel(options, start.Model) is { } model)
        {
            settings["model"] = $"{model.Provider}/{model.Model}";
        }

        return settings;
    }

    // Everything that matters is asked, in every mode: the mode is this side's, per turn, and holds for sub-agents too.
    private static JsonObject Rules(string edit = "ask") => new()
    {
        ["edit"] = edit,
        ["bash"] = "ask",
        ["external_directory"] = "ask",
        ["doom_loop"] = "ask",
    };

    private static JsonObject Model(string name) => new()
    {
        ["name"] = name,
        ["tool_call"] = true,
        ["reasoning"] = true,
        ["attachment"] = true,
        ["modalities"] = new JsonObject { ["input"] = new JsonArray("text", "image"), ["output"] = new JsonArray("text") },
        ["limit"] = new JsonObject { ["context"] = 128_000, ["output"] = 16_000 },
    };
}
