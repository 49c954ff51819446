using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AgentGateway.Tidy.Reading;

namespace AgentGateway.Tidy;

/// <summary>No tracked file holds anything that opens a door.</summary>
public sealed partial class SecretTests
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string SmallFirst = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int CheckLength = 6;

    [Fact]
    public void No_tracked_file_holds_a_secret() =>
        Verdict.Clean(Repository.Files.SelectMany(path => Find(path, Repository.Read(path))));

    [Fact]
    public void A_token_is_found_when_its_checksum_holds()
    {
        var body = "ndca1_" + RandomNumberGenerator.GetString(Digits, 43);
        var token = body + Checksum(body, Digits);
        var broken = body + (token.EndsWith('x') ? token[^6..^1] + "y" : token[^6..^1] + "x");

        Assert.Single(Find("a.md", $"export NODEDC_AGENT_TOKEN={token}\n"));
        Assert.Empty(Find("a.md", $"export NODEDC_AGENT_TOKEN={broken}\n"));
    }

    [Fact]
    public void A_private_key_is_found_but_not_the_word_for_it()
    {
        const string Head = "-----BEGIN PRIVATE " + "KEY-----";
        using var key = ECDsa.Create();

        Assert.Single(Find("key.txt", key.ExportPkcs8PrivateKeyPem()));
        Assert.Empty(Find("scan.cs", $"Contains(\"{Head}\")"));
    }

    [Theory]
    [InlineData("AKIA", 16)]
    [InlineData("ghp_", 36)]
    public void A_foreign_credential_is_found(string prefix, int length) =>
        Assert.Single(Find("a.json", prefix + new string('Q', length)));

    private static IEnumerable<string> Find(string path, string text)
    {
        foreach (var token in Tokens().Matches(text).Select(match => match.Value).Where(IsGenuine))
        {
            yield return $"{path}: a token that could be real, {token[..12]}…";
        }

        if (Keys().IsMatch(text))
        {
            yield return $"{path}: a private key.";
        }

        if (Foreign().IsMatch(text))
        {
            yield return $"{path}: a credential of another provider.";
        }
    }

    private static bool IsGenuine(string token)
    {
        var body = token[..^CheckLength];
        return token.EndsWith(Checksum(body, Digits), StringComparison.Ordinal)
            || token.EndsWith(Checksum(body, SmallFirst), StringComparison.Ordinal);
    }

    private static string Checksum(string body, string digits)
    {
        var rest = Crc(Encoding.ASCII.GetBytes(body));
        var text = new char[CheckLength];
        for (var place = CheckLength - 1; place >= 0; place--, rest /= 62)
        {
            text[place] = digits[(int)(rest % 62)];
        }

        return new string(text);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }

    [GeneratedRegex(@"\bndca1_[0-9A-Za-z]{49}\b")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}")]
    private static partial Regex Keys();

    [GeneratedRegex(@"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{36}|xox[bp]-[0-9A-Za-z-]{24,}|sk-[0-9A-Za-z]{40,})\b")]
    private static partial Regex Foreign();
}
