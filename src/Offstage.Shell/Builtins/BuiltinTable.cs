using System.Collections.Frozen;
using Offstage.Shell.Builtins.Completion;

namespace Offstage.Shell.Builtins;

/// <summary>The builtins by name.</summary>
internal static class BuiltinTable
{
    private static readonly FrozenDictionary<string, IBuiltin> Builtins = ((IBuiltin[])
    [
        new NothingBuiltin(":", 0), new NothingBuiltin("true", 0), new NothingBuiltin("false", 1),
        new AliasBuiltin(), new UnaliasBuiltin(), new BuiltinBuiltin(), new CallerBuiltin(), new CdBuiltin(), new CommandBuiltin(),
        new DeclareBuiltin("declare"), new DeclareBuiltin("typeset"), new DeclareBuiltin("local"), new ExportBuiltin(), new ReadonlyBuiltin(),
        new DirsBuiltin("dirs"), new DirsBuiltin("pushd"), new DirsBuiltin("popd"), new DisownBuiltin(), new EchoBuiltin(), new EnableBuiltin(),
        new EvalBuiltin(), new ExecBuiltin(), new ExitBuiltin("exit"), new ForegroundBuiltin("logout"), new ForegroundBuiltin("suspend"), new ForegroundBuiltin("fg"), new ForegroundBuiltin("bg"), new GetoptsBuiltin(), new HashBuiltin(), new HelpBuiltin(),
        new HistoryBuiltin(), new JobsBuiltin(), new KillBuiltin(), new LetBuiltin(), new LoopControlBuiltin("break"), new LoopControlBuiltin("continue"), new MapfileBuiltin("mapfile"), new MapfileBuiltin("readarray"),
        new PrintfBuiltin(), new PwdBuiltin(), new ReadBuiltin(), new ReturnBuiltin(), new SetBuiltin(), new ShiftBuiltin(), new ShoptBuiltin(),
        new SourceBuiltin("."), new SourceBuiltin("source"), new TestBuiltin("test"), new TestBuiltin("["), new TimesBuiltin(), new TrapBuiltin(),
        new TypeBuiltin(), new UlimitBuiltin(), new UmaskBuiltin(), new UnsetBuiltin(), new WaitBuiltin(), new CompgenBuiltin(), new CompleteBuiltin(), new CompoptBuiltin(), new BindBuiltin(), new FcBuiltin(),
    ]).ToFrozenDictionary(b => b.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => Builtins.Keys.Order(StringComparer.Ordinal);

    public static IBuiltin? Find(string name) => Builtins.GetValueOrDefault(name);

    /// <summary>Whether assignments behind it are expanded as such.</summary>
    public static bool IsDeclaration(string name) => name is "declare" or "typeset" or "local" or "export" or "readonly";
}
