using System.Security.Cryptography;

namespace AgentGateway.Gateway.Ledger.Sealing;

/// <summary>An ECDSA P-256 key: whole it signs checkpoints, with its public half alone it verifies them.</summary>
internal sealed class CheckpointKey : IDisposable
{
    public const int SignatureSize = 64;

    private const int IdBytes = 8;

    private readonly ECDsa _key;

    private CheckpointKey(ECDsa key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, IdBytes));
    }

    /// <summary>Digest of the public half.</summary>
    public string Id { get; }

    public static CheckpointKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <exception cref="FormatException">The text is no such key.</exception>
    public static CheckpointKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            var curve = key.ExportParameters(includePrivateParameters: false).Curve;
            return curve.IsNamed && curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                ? new CheckpointKey(key)
                : throw new FormatException("This key is not on the curve P-256.");
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new FormatException("This is not the PEM of an ECDSA P-256 key.", wrong);
        }
    }

    public string PrivatePem() => _key.ExportPkcs8PrivateKeyPem() + "\n";

    public string PublicPem() => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>The same statement under this key.</summary>
    public Checkpoint Sign(Checkpoint unsigned)
    {
        var named = unsigned with { KeyId = Id };
        return named with { Signature = _key.SignData(named.ToSignedBytes(), HashAlgorithmName.SHA256) };
    }

    public bool Signed(Checkpoint checkpoint) =>
        checkpoint.KeyId == Id && _key.VerifyData(checkpoint.ToSignedBytes(), checkpoint.Signature, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();
}
