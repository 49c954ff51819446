namespace AgentGateway.Launcher.Configure;

/// <summary>Reads one token, or two while one replaces the other; says what is wrong without the text.</summary>
internal static class TokenText
{
    private const int ShortestSecret = 32;
    private const int MostTokens = 2;

    public static string[] Split(string text, out string? problem)
    {
        var tokens = text.Split(',', StringSplitOptions.TrimEntries);
        problem = tokens.Length > MostTokens ? "holds more than two tokens"
            : tokens.Any(token => token.Length < ShortestSecret)
                ? $"must have at least {ShortestSecret} characters{(tokens.Length > 1 ? " in each token" : "")}"
            : tokens.Any(token => token.Any(letter => letter is <= ' ' or > '~'))
                ? "must be visible ASCII characters without spaces"
            : null;
        return tokens;
    }
}
