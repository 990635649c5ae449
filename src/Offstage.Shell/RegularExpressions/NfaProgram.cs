namespace Offstage.Shell.RegularExpressions;

internal enum NfaOperation : byte
{
    /// <summary>Goes on at X when the next byte is in set Y.</summary>
    Bytes,

    /// <summary>Goes on at X, or else at Y.</summary>
    Split,

    /// <summary>Notes the position in slot Y, goes on at X.</summary>
    Save,

    /// <summary>Goes on at X where assertion Y holds.</summary>
    Assert,

    /// <summary>Goes on at X after what group Y matched.</summary>
    BackReference,

    Match,
}

internal readonly record struct NfaInstruction(NfaOperation Operation, int X, int Y);

/// <summary>A pattern as a nondeterministic automaton over bytes.</summary>
internal sealed record NfaProgram(NfaInstruction[] Instructions, ByteSet[] Sets, int Start, bool HasAssertions, bool Multiline, bool Utf8);
