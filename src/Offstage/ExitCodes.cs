namespace Offstage;

/// <summary>What the exit code of a command says. Stable: scripts depend on it.</summary>
internal static class ExitCodes
{
    /// <summary>Done; of a turn: completed.</summary>
    public const int Done = 0;

    /// <summary>It failed, or was stopped.</summary>
    public const int Failed = 1;

    /// <summary>The agent waits for a person.</summary>
    public const int Waiting = 2;

    /// <summary>The command was called in a way that it cannot be carried out (EX_USAGE).</summary>
    public const int Usage = 64;
}
