using System.Collections;
using Offstage.Client;
using Offstage.Terminal;

namespace Offstage;

/// <summary>What a command is run in: variables, folders, terminal, clock. Read once, here.</summary>
internal sealed class CommandEnvironment
{
    private const string FallbackPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private CommandEnvironment(IReadOnlyDictionary<string, string> variables, bool json)
    {
        Variables = variables;
        Json = json;
        Home = Path.GetFullPath(Value("OFFSTAGE_HOME") ?? Path.Combine(UserHome(), ".offstage"));
        Screen = Screen.OfProcess(variables, json);
    }

    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The data directory: absolute, and not necessarily there.</summary>
    public string Home { get; }

    public string WorkingDirectory { get; } = Directory.GetCurrentDirectory();

    public IReadOnlyList<string> PathFolders
        => (Value("PATH") ?? FallbackPath).Split(':', StringSplitOptions.RemoveEmptyEntries);

    public TimeProvider TimeProvider { get; } = TimeProvider.System;

    /// <summary>Whether standard output is for a program.</summary>
    public bool Json { get; }

    public Screen Screen { get; }

    public static CommandEnvironment OfProcess(bool json)
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return new CommandEnvironment(variables, json);
    }

    /// <returns>Null when it is not set, or empty.</returns>
    public string? Value(string name) => Variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>The server that a person named; null: the one that holds the home.</summary>
    public ServerAddress? NamedServer()
    {
        if (Value("OFFSTAGE_URL") is not { } text)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw CommandException.Usage("invalid_url", $"OFFSTAGE_URL is '{text}', which is no http or https address.");
        return Value("OFFSTAGE_TOKEN") is { } token
            ? new ServerAddress(url, token)
            : ServerAddress.ReadToken(Home) is { } own
                ? new ServerAddress(url, own)
                : throw CommandException.Usage("token_missing", "OFFSTAGE_URL is set and OFFSTAGE_TOKEN is not: the server wants its token, which stands in the file 'token' of its home.");
    }

    private string UserHome()
        => Value("HOME") ?? (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } found
            ? found
            : throw CommandException.Usage("no_home", "Neither OFFSTAGE_HOME nor HOME is set: say where the data is to live."));
}
