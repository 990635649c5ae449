namespace Offstage.Shell.Builtins;

/// <summary>A command that is part of the shell and works on its state. One instance serves all shells.</summary>
internal interface IBuiltin
{
    string Name { get; }

    /// <summary>What is behind <c>usage:</c> in its messages.</summary>
    string Usage { get; }

    /// <summary>Whether POSIX calls it special.</summary>
    bool IsSpecial => false;

    /// <returns>The status.</returns>
    int Run(BuiltinCall call);
}
