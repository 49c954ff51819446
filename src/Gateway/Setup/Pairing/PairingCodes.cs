using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>
/// The two codes of a pairing: the device's holds 256 random bits; the person's is eight letters without vowels and look-alikes.
/// </summary>
internal static partial class PairingCodes
{
    public const string DeviceScheme = "ndcp_";

    private const int DeviceCharacters = 43;
    private const int UserCharacters = 8;
    private const int Half = UserCharacters / 2;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Letters);

    public static string CreateDevice() => DeviceScheme + RandomNumberGenerator.GetString(Base62, DeviceCharacters);

    public static string CreateUser() => RandomNumberGenerator.GetString(Letters, UserCharacters);

    public static string Show(string user) => $"{user[..Half]}-{user[Half..]}";

    public static bool IsDevice(string text) => DeviceForm().IsMatch(text);

    /// <summary>The code as it was made, whatever its case and with or without the dash; null for anything else.</summary>
    public static string? ReadUser(string typed)
    {
        var code = UserForm().IsMatch(typed) ? typed.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant() : null;
        return code?.AsSpan().ContainsAnyExcept(Alphabet) == false ? code : null;
    }

    /// <summary>The 32 bytes of a base64url SHA-256 without padding; null for anything else.</summary>
    public static byte[]? ReadChallenge(string text) =>
        ChallengeForm().IsMatch(text) && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    public static bool IsVerifier(string text) => VerifierForm().IsMatch(text);

    /// <summary>What a device that knows the verifier has sent as its challenge (RFC 7636, S256).</summary>
    public static byte[] ChallengeOf(string verifier) => SHA256.HashData(Encoding.ASCII.GetBytes(verifier));

    [GeneratedRegex(@"\Andcp_[0-9A-Za-z]{43}\z")]
    private static partial Regex DeviceForm();

    [GeneratedRegex(@"\A[A-Za-z]{4}-?[A-Za-z]{4}\z")]
    private static partial Regex UserForm();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{43}\z")]
    private static partial Regex ChallengeForm();

    [GeneratedRegex(@"\A[A-Za-z0-9._~-]{43,128}\z")]
    private static partial Regex VerifierForm();
}

/// <summary>How codes are stored: under a key that is not in the database, so that no dump holds a code that still works.</summary>
internal sealed class PairingDigests(Settings settings)
{
    // A user code is too short for a plain digest: without a pepper the key secret, which is always there, takes its place.
    private readonly byte[] _key = HMACSHA256.HashData(
        Encoding.UTF8.GetBytes((settings.TokenPepper.IsMissing ? settings.KeySecret : settings.TokenPepper).Reveal()),
        "pairing codes"u8);

    public byte[] OfDevice(string code) => Of("device:" + code);

    public byte[] OfUser(string code) => Of("user:" + code);

    private byte[] Of(string text) => HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(text));
}
