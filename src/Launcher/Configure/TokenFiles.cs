namespace AgentGateway.Launcher.Configure;

/// <summary>
/// Follows the files of the tokens: a new content counts within five seconds, a bad one never, and then the old one stays.
/// </summary>
internal sealed class TokenFiles(LauncherSettings settings, LauncherTokens tokens, TimeProvider clock, ILogger<TokenFiles> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Seen> _seen = tokens.All.ToDictionary(
        token => token.Name, token => new Seen(string.Join(',', token.Values)), StringComparer.Ordinal);

    /// <summary>Looks at every file once.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        foreach (var token in tokens.All)
        {
            if (settings.Files.TryGetValue(token.Name, out var path))
            {
                _seen[token.Name] = await FollowAsync(token, path, _seen[token.Name], cancel);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, clock);
        while (settings.Files.Count > 0 && await ticks.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
        }
    }

    // A content counts when two looks in a row have found it: one that is half written is not taken for a short token.
    private async Task<Seen> FollowAsync(LiveTokens token, string path, Seen seen, CancellationToken cancel)
    {
        string text;
        try
        {
            text = (await File.ReadAllTextAsync(path, cancel)).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Refuse(token, seen with { Waiting = null }, "names a file that may not be read");
        }

        if (text == seen.Taken || text != seen.Waiting)
        {
            return seen with { Waiting = text };
        }

        var values = TokenText.Split(text, out var problem);
        problem ??= tokens.SharedWith(token, values) is { } other ? $"must differ from {other}" : null;
        if (problem is not null)
        {
            return Refuse(token, seen, problem);
        }

        token.Replace(values);
        log.TokensReplaced(token.Name, values.Length);
        return new Seen(text);
    }

    // Said once for as long as it is the same.
    private Seen Refuse(LiveTokens token, Seen seen, string why)
    {
        if (why != seen.Complaint)
        {
            log.TokensNotReplaced(token.Name, why);
        }

        return seen with { Complaint = why };
    }

    private sealed record Seen(string Taken, string? Waiting = null, string Complaint = "");
}
