using System.Collections.Frozen;

namespace Offstage.Shell;

/// <summary>Which programs a shell has, by name. Immutable.</summary>
public sealed class CommandRegistry
{
    private readonly FrozenDictionary<string, ICommand> commands;

    private CommandRegistry(IEnumerable<KeyValuePair<string, ICommand>> commands)
        => this.commands = commands.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every command of this library.</summary>
    public static CommandRegistry Standard { get; } = new CommandRegistry([]).With(StandardCommands.All);

    public IEnumerable<string> Names => commands.Keys;

    public ICommand? Find(string name) => commands.GetValueOrDefault(name);

    /// <summary>With further commands, which take the place of others of the same name.</summary>
    public CommandRegistry With(params IEnumerable<ICommand> more)
    {
        var all = new Dictionary<string, ICommand>(commands, StringComparer.Ordinal);
        foreach (ICommand command in more)
            all[command.Name] = command;
        return new CommandRegistry(all);
    }

    /// <summary>With the commands that reach the network, as far as the policy lets them.</summary>
    public CommandRegistry WithNetwork(INetworkPolicy policy) => With(new Commands.Curl.CurlCommand(policy));

    public CommandRegistry Without(params IEnumerable<string> names)
        => new(commands.ExceptBy(names, c => c.Key));
}
