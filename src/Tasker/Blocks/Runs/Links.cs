namespace AgentGateway.Tasker.Blocks.Runs;

/// <summary>Decides which targets a link of a card may have.</summary>
internal static class Links
{
    public static bool IsAllowed(string href) =>
        Uri.TryCreate(href, UriKind.Absolute, out var target)
        && target.Scheme is "http" or "https" or "mailto"
        && href.StartsWith(target.Scheme + ":", StringComparison.OrdinalIgnoreCase)
        && !href.AsSpan().ContainsAnyInRange('\0', ' ');

    public static string Scheme(string href)
    {
        var colon = href.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 and <= 20 && href.AsSpan(0, colon).IndexOfAnyExceptInRange('+', 'z') < 0 ? href[..colon] : "relative";
    }
}
