using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Canon.SignIn;

/// <summary>An application whose word signs people in here, and the public key that its word is checked with.</summary>
public sealed record TrustedIssuer(string Name, ECDsaSecurityKey Key);

/// <summary>Reads launch keys: P-256 in PEM, each named by the digest of its public half.</summary>
public static class LaunchKeys
{
    /// <summary>A private key that signs; a complaint and null if the text is none.</summary>
    public static ECDsaSecurityKey? ReadPrivate(string setting, string pem, List<string> problems) =>
        Import(pem, key => key.ExportECPrivateKey().Length > 0) is { } key
            ? key
            : Complain(problems, $"{setting} must be the PEM of a P-256 private key.");

    /// <summary>The issuers of a list such as <c>launcher=/keys/launcher.pem,tasker=/keys/tasker.pem</c>; two keys of one may rotate.</summary>
    public static IReadOnlyList<TrustedIssuer> ReadTrusted(string setting, string? list, List<string> problems)
    {
        var trusted = new List<TrustedIssuer>();
        foreach (var entry in (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } issuer, { Length: > 0 } path])
            {
                problems.Add($"{setting}: \"{entry}\" is not issuer=path.");
                continue;
            }

            if (ReadText(setting, path, problems) is { } pem)
            {
                var key = Import(pem, _ => true)
                    ?? Complain(problems, $"{setting}: the file of {issuer} must hold the PEM of a P-256 public key.");
                trusted.AddRange(key is null ? [] : [new TrustedIssuer(issuer, key)]);
            }
        }

        return trusted;
    }

    private static string? ReadText(string setting, string path, List<string> problems)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{setting}: {unreadable.Message}");
            return null;
        }
    }

    private static ECDsaSecurityKey? Import(string pem, Func<ECDsa, bool> serves)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256 && serves(key))
            {
                var id = SHA256.HashData(key.ExportSubjectPublicKeyInfo());
                return new ECDsaSecurityKey(key) { KeyId = Base64UrlEncoder.Encode(id.AsSpan(0, 12).ToArray()) };
            }
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            // Said below, without the key's text.
        }

        key.Dispose();
        return null;
    }

    private static ECDsaSecurityKey? Complain(List<string> problems, string problem)
    {
        problems.Add(problem);
        return null;
    }
}
