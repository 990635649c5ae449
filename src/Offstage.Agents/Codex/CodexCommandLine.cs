using System.Text.Json;
using Offstage.Sandboxes;

namespace Offstage.Agents.Codex;

/// <summary>How the app-server is started in a sandbox.</summary>
internal static class CodexCommandLine
{
    /// <summary>Id of the configured provider within Codex's settings. Its own ids cannot be redefined.</summary>
    public const string ProviderId = "offstage";

    /// <summary>Settings go as arguments: no file has to be written into the sandbox before, none is left to disagree
    /// with the next start, and no secret is among them.</summary>
    public static ProcessSpec Build(string program, CodexOptions options, AgentStart start)
    {
        var home = start.HomePath.TrimEnd('/') + "/.codex";
        var environment = new Dictionary<string, string>(start.Environment)
        {
            ["HOME"] = start.HomePath,
            ["CODEX_HOME"] = home,
        };
        return new ProcessSpec
        {
            // Codex refuses to start when CODEX_HOME is not there. The shell makes it and becomes Codex.
            Command = ["/bin/sh", "-c", "mkdir -p \"$CODEX_HOME\" && exec \"$0\" \"$@\"", program, "app-server", .. Settings(options)],
            WorkingDirectory = start.WorkspacePath,
            Environment = environment,
        };
    }

    private static IEnumerable<string> Settings(CodexOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            ["check_for_update_on_startup"] = "false",
            ["analytics.enabled"] = "false",
            ["feedback.enabled"] = "false",
            ["suppress_unstable_features_warning"] = "true",
        };
        if (options.AsksQuestions)
            settings["features.default_mode_request_user_input"] = "true";
        if (options.ModelProvider is { } provider)
        {
            var prefix = $"model_providers.{ProviderId}";
            settings["model_provider"] = Quote(ProviderId);
            settings[$"{prefix}.name"] = Quote(provider.Name);
            settings[$"{prefix}.base_url"] = Quote(provider.BaseUrl);
            settings[$"{prefix}.wire_api"] = Quote(provider.WireApi);
            if (provider.KeyVariable is { } variable)
                settings[$"{prefix}.env_key"] = Quote(variable);
        }

        foreach (var (key, value) in options.Settings)
            settings[key] = value;
        return settings.SelectMany(setting => (string[])["-c", $"{setting.Key}={setting.Value}"]);
    }

    // A JSON string is a TOML basic string.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
