using System.Text.RegularExpressions;

namespace AgentGateway.Tasker.Blocks.Guard;

/// <summary>Finds credentials in text about to be stored on a card and names their kind, never their value.</summary>
internal static partial class SecretScanner
{
    private const RegexOptions Options = RegexOptions.CultureInvariant;

    private static readonly (string Kind, Regex Pattern)[] Patterns =
    [
        ("private key", PrivateKey()),
        ("agent token", AgentToken()),
        ("GitHub token", GitHub()),
        ("GitLab token", GitLab()),
        ("AWS access key", Aws()),
        ("Slack token", Slack()),
        ("API key", ApiKey()),
        ("Google API key", Google()),
        ("signed token", Jwt()),
    ];

    public static void Check(string text)
    {
        foreach (var (kind, pattern) in Patterns)
        {
            if (pattern.IsMatch(text))
            {
                throw new ContentRefusedException(BlockCodes.ContentRejected,
                    $"The text looks as if it contained a {kind}; remove it and revoke it if it was real.");
            }
        }
    }

    [GeneratedRegex("-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----", Options)]
    private static partial Regex PrivateKey();

    [GeneratedRegex("ndc[a-z]{1,3}[0-9]_[A-Za-z0-9_-]{8,}", Options)]
    private static partial Regex AgentToken();

    [GeneratedRegex("gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}", Options)]
    private static partial Regex GitHub();

    [GeneratedRegex("glpat-[A-Za-z0-9_-]{16,}", Options)]
    private static partial Regex GitLab();

    [GeneratedRegex("(?:AKIA|ASIA)[A-Z0-9]{16}", Options)]
    private static partial Regex Aws();

    [GeneratedRegex("xox[abeoprs]-[A-Za-z0-9-]{10,}", Options)]
    private static partial Regex Slack();

    [GeneratedRegex("sk-(?:proj-|ant-|live-)?[A-Za-z0-9_-]{20,}|[sr]k_live_[A-Za-z0-9]{16,}", Options)]
    private static partial Regex ApiKey();

    [GeneratedRegex("AIza[A-Za-z0-9_-]{35}", Options)]
    private static partial Regex Google();

    [GeneratedRegex("eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}", Options)]
    private static partial Regex Jwt();
}
