using System.Text.RegularExpressions;

namespace AgentGateway.Tasker.Tests.Agents;

/// <summary>Finds on a page what a person would.</summary>
internal static partial class Pages
{
    public static string? TokenIn(string html) => Token().Match(html) is { Success: true, Value: var token } ? token : null;

    public static string TokenIdIn(string html) => TokenId().Match(html) is { Success: true } found
        ? found.Groups[1].Value : throw new InvalidOperationException("The page names no live token.");

    [GeneratedRegex("ndca1_[0-9A-Za-z]{49}")]
    private static partial Regex Token();

    [GeneratedRegex("/tokens/([0-9a-f-]{36})/revoke")]
    private static partial Regex TokenId();
}
