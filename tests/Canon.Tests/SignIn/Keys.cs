using System.Security.Cryptography;
using AgentGateway.Canon.SignIn;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Canon.Tests.SignIn;

/// <summary>A fresh pair of launch keys, written as an operator would.</summary>
internal sealed class Keys
{
    private Keys(ECDsaSecurityKey signer, TrustedIssuer trusted)
    {
        Signer = signer;
        Trusted = trusted;
    }

    public ECDsaSecurityKey Signer { get; }

    public TrustedIssuer Trusted { get; }

    public static Keys Of(string issuer)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var problems = new List<string>();
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, pair.ExportSubjectPublicKeyInfoPem());
            var signer = LaunchKeys.ReadPrivate("KEY", pair.ExportPkcs8PrivateKeyPem(), problems);
            var trusted = LaunchKeys.ReadTrusted("KEYS", $"{issuer}={path}", problems);
            Assert.Empty(problems);
            return new Keys(signer ?? throw new InvalidOperationException(), Assert.Single(trusted));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
