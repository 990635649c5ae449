using System.Buffers;
using System.Buffers.Binary;

namespace Offstage.Contracts;

/// <summary>
/// Makes prefixed, sortable ids: 48 bits of milliseconds and 80 random bits, in Crockford's base 32, lower case.
/// </summary>
/// <remarks>
/// Thread-safe. <paramref name="random"/> is given so that a simulation can repeat a run; a server passes
/// <see cref="Random.Shared"/>, for ids are names, not secrets.
/// </remarks>
public sealed class IdSource(TimeProvider timeProvider, Random random)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int TextLength = 26;

    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    private readonly Lock gate = new();

    public SessionId NewSession() => new(New("ses_"));

    public PromptId NewPrompt() => new(New("prm_"));

    public TurnId NewTurn() => new(New("trn_"));

    public SandboxId NewSandbox() => new(New("sbx_"));

    public RequestId NewRequest() => new(New("req_"));

    public AttachmentId NewAttachment() => new(New("att_"));

    public HostId NewHost() => new(New("hst_"));

    /// <summary>Whether <paramref name="text"/> could have come from this source with that prefix.</summary>
    public static bool IsWellFormed(string? text, string prefix)
        => text is not null
            && text.Length == prefix.Length + TextLength
            && text.StartsWith(prefix, StringComparison.Ordinal)
            && text.AsSpan(prefix.Length).IndexOfAnyExcept(AlphabetSet) < 0;

    private string New(string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, timeProvider.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        lock (gate)
            random.NextBytes(bytes[6..]);

        UInt128 value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[TextLength];
        for (int i = TextLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }

        return string.Concat(prefix, text);
    }
}
