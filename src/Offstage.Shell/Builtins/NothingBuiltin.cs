namespace Offstage.Shell.Builtins;

/// <summary><c>:</c>, <c>true</c> and <c>false</c>.</summary>
internal sealed class NothingBuiltin(string name, int status) : IBuiltin
{
    public string Name => name;

    public string Usage => name;

    public bool IsSpecial => name == ":";

    public int Run(BuiltinCall call) => status;
}
