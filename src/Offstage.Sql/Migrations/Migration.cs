using System.Security.Cryptography;
using System.Text;

namespace Offstage.Sql.Migrations;

/// <summary>One step of a schema, forward only. Its text is never changed once released: the checksum would tell.</summary>
public sealed record Migration(int Version, string Name, string Script)
{
    /// <summary>SHA-256 of the script, in lower-case hex.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Script.ReplaceLineEndings("\n"))));
}
