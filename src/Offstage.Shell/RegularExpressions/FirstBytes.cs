namespace Offstage.Shell.RegularExpressions;

/// <summary>The bytes with which a match can begin.</summary>
internal static class FirstBytes
{
    /// <returns>Null when a match can be empty, so that it can begin anywhere.</returns>
    public static ByteSet? Of(NfaProgram program)
    {
        var set = default(ByteSet);
        var seen = new SparseSet(program.Instructions.Length);
        var pending = new Stack<int>();
        pending.Push(program.Start);
        while (pending.TryPop(out int at))
        {
            if (!seen.Add(at)) continue;
            var (operation, x, y) = program.Instructions[at];
            switch (operation)
            {
                case NfaOperation.Bytes:
                    set |= program.Sets[y];
                    break;
                case NfaOperation.Match:
                case NfaOperation.BackReference:
                    return null;
                case NfaOperation.Split:
                    pending.Push(x);
                    pending.Push(y);
                    break;
                default:
                    pending.Push(x);
                    break;
            }
        }

        return set;
    }
}
