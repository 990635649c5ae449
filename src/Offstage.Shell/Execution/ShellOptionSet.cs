namespace Offstage.Shell.Execution;

/// <summary>The options of <c>set</c> and <c>shopt</c>. A value, so that a subshell has its own.</summary>
internal struct ShellOptionSet
{
    /// <summary>The names of <c>set -o</c> with their letters; <c>'\0'</c> for none.</summary>
    public static readonly (string Name, char Letter)[] SetNames =
    [
        ("allexport", 'a'), ("braceexpand", 'B'), ("emacs", '\0'), ("errexit", 'e'), ("errtrace", 'E'), ("functrace", 'T'), ("hashall", 'h'),
        ("histexpand", 'H'), ("history", '\0'), ("ignoreeof", '\0'), ("interactive-comments", '\0'), ("keyword", 'k'), ("monitor", 'm'),
        ("noclobber", 'C'), ("noexec", 'n'), ("noglob", 'f'), ("nolog", '\0'), ("notify", 'b'), ("nounset", 'u'), ("onecmd", 't'),
        ("physical", 'P'), ("pipefail", '\0'), ("posix", '\0'), ("privileged", 'p'), ("verbose", 'v'), ("vi", '\0'), ("xtrace", 'x'),
    ];

    public static readonly string[] ShoptNames =
    [
        "autocd", "assoc_expand_once", "cdable_vars", "cdspell", "checkhash", "checkjobs", "checkwinsize", "cmdhist", "compat31", "compat32",
        "compat40", "compat41", "compat42", "compat43", "compat44", "complete_fullquote", "direxpand", "dirspell", "dotglob", "execfail",
        "expand_aliases", "extdebug", "extglob", "extquote", "failglob", "force_fignore", "globasciiranges", "globskipdots", "globstar",
        "gnu_errfmt", "histappend", "histreedit", "histverify", "hostcomplete", "huponexit", "inherit_errexit", "interactive_comments",
        "lastpipe", "lithist", "localvar_inherit", "localvar_unset", "login_shell", "mailwarn", "no_empty_cmd_completion", "nocaseglob",
        "nocasematch", "noexpand_translation", "nullglob", "patsub_replacement", "progcomp", "progcomp_alias", "promptvars", "restricted_shell",
        "shift_verbose", "sourcepath", "varredir_close", "xpg_echo",
    ];

    private static readonly Dictionary<string, int> SetIndex = SetNames.Index().ToDictionary(n => n.Item.Name, n => n.Index, StringComparer.Ordinal);
    private static readonly Dictionary<string, int> ShoptIndex = ShoptNames.Index().ToDictionary(n => n.Item, n => n.Index, StringComparer.Ordinal);

    private static readonly ulong ErrExitBit = Bit("errexit");
    private static readonly ulong NoUnsetBit = Bit("nounset");
    private static readonly ulong NoGlobBit = Bit("noglob");
    private static readonly ulong TraceBit = Bit("xtrace");
    private static readonly ulong BraceBit = Bit("braceexpand");
    private static readonly ulong AllExportBit = Bit("allexport");
    private static readonly ulong PipeFailBit = Bit("pipefail");
    private static readonly ulong NoExecBit = Bit("noexec");
    private static readonly int ExtendedGlobIndex = ShoptIndex["extglob"];

    private ulong set;
    private ulong shopt;

    /// <summary>As a script finds them.</summary>
    public static ShellOptionSet Standard
    {
        get
        {
            var options = default(ShellOptionSet);
            foreach (string name in (string[])["braceexpand", "hashall", "interactive-comments"])
                options.Set(name, true);
            foreach (string name in (string[])["checkwinsize", "cmdhist", "complete_fullquote", "extquote", "force_fignore", "globasciiranges", "globskipdots", "hostcomplete",
                "interactive_comments", "patsub_replacement", "progcomp", "promptvars", "sourcepath"])
            {
                options.SetShopt(name, true);
            }

            return options;
        }
    }

    public readonly bool ErrExit => (set & ErrExitBit) != 0;

    public readonly bool NoUnset => (set & NoUnsetBit) != 0;

    public readonly bool NoGlob => (set & NoGlobBit) != 0;

    public readonly bool Trace => (set & TraceBit) != 0;

    public readonly bool BraceExpand => (set & BraceBit) != 0;

    public readonly bool AllExport => (set & AllExportBit) != 0;

    public readonly bool PipeFail => (set & PipeFailBit) != 0;

    public readonly bool NoExec => (set & NoExecBit) != 0;

    public readonly bool ExtendedGlob => (shopt & (1UL << ExtendedGlobIndex)) != 0;

    public static bool IsSetName(string name) => SetIndex.ContainsKey(name);

    public static bool IsShoptName(string name) => ShoptIndex.ContainsKey(name);

    public readonly bool Get(string name) => (set & Bit(name)) != 0;

    public void Set(string name, bool on) => set = on ? set | Bit(name) : set & ~Bit(name);

    /// <summary>False for a name that does not exist.</summary>
    public readonly bool Shopt(string name) => ShoptIndex.TryGetValue(name, out int index) && (shopt & (1UL << index)) != 0;

    /// <summary>Puts the options of <c>set</c> back to what they were.</summary>
    public void RestoreSet(in ShellOptionSet before) => set = before.set;

    public void SetShopt(string name, bool on)
    {
        ulong bit = 1UL << ShoptIndex[name];
        shopt = on ? shopt | bit : shopt & ~bit;
        if (name != "extdebug")
            return;
        // What is to be debugged is to be seen everywhere.
        Set("functrace", on);
        Set("errtrace", on);
    }

    /// <summary>The value of <c>$-</c>, but for how the shell was started.</summary>
    public readonly string Letters()
    {
        string letters = "";
        foreach ((string name, char letter) in SetNames)
        {
            if (letter != '\0' && Get(name))
                letters += letter;
        }

        // Lower case letters first, as bash has them.
        return string.Concat(letters.OrderBy(char.IsUpper).ThenBy(c => c));
    }

    private static ulong Bit(string name) => 1UL << SetIndex[name];
}
