using System.Security.Cryptography;
using System.Text;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Ledger.Sealing;

/// <summary>
/// Shows that a row was written by a program that held the audit key: HMAC-SHA-256 over every column the program decides.
/// </summary>
internal sealed class RowMac
{
    public const int Length = 32;

    private const int UsualRow = 2 * 1024;

    private static readonly byte[] Label = "agent-gateway/audit/row/1"u8.ToArray();
    private static readonly byte[] IdLabel = "agent-gateway/audit/row/1/id"u8.ToArray();

    private readonly byte[] _key;

    private RowMac(byte[] material)
    {
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, Length, info: Label);
        var id = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, sizeof(short), info: IdLabel);
        KeyId = (short)(((id[0] & 0x7F) << 8) | id[1] | 1);
    }

    /// <summary>The key of this process, set once at its start; null: its rows carry no MAC, and verification says so.</summary>
    public static RowMac? OfProcess { get; private set; }

    /// <summary>Tells keys apart without showing them.</summary>
    public short KeyId { get; }

    public static RowMac Of(Secret key) => new(Encoding.UTF8.GetBytes(key.Reveal()));

    public static void UseInProcess(Secret key) => OfProcess = key.IsMissing ? null : Of(key);

    public byte[] Compute(ReadOnlySpan<byte> fields)
    {
        // In one piece: a hash that is fed by and by costs more to make than to compute.
        var length = Label.Length + fields.Length;
        var labelled = length <= UsualRow ? stackalloc byte[UsualRow] : new byte[length];
        Label.CopyTo(labelled);
        fields.CopyTo(labelled[Label.Length..]);
        return HMACSHA256.HashData(_key, labelled[..length]);
    }

    public bool Holds(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> mac) =>
        CryptographicOperations.FixedTimeEquals(Compute(fields), mac);
}
