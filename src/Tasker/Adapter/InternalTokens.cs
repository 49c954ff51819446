using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Tasker.Adapter;

/// <summary>
/// Recognises the gateway's tokens and follows their file; the time it takes says nothing about which byte was wrong.
/// </summary>
internal sealed class InternalTokens(TaskerSettings settings, ILogger<InternalTokens> log) : BackgroundService
{
    private const string Scheme = "Bearer ";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private volatile byte[][] _digests = [.. settings.InternalTokens.Select(Digest)];
    private string _taken = string.Join(',', settings.InternalTokens);
    private string? _waiting;
    private string _complaint = "";

    public bool Knows(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var presented = Digest(header[Scheme.Length..]);
        var known = false;
        foreach (var digest in _digests)
        {
            known |= CryptographicOperations.FixedTimeEquals(digest, presented);
        }

        return known;
    }

    /// <summary>Looks at the file once; a content counts when two looks in a row have found it, a bad one never.</summary>
    public void Look(string path)
    {
        var problems = new List<string>();
        try
        {
            var text = File.ReadAllText(path).Trim();
            if (text == _taken || text != _waiting)
            {
                _waiting = text;
                return;
            }

            var tokens = text.Length == 0 ? [] : TaskerSettings.ReadTokens(text, problems);
            if (tokens.Length > 0 && problems.Count == 0)
            {
                _digests = [.. tokens.Select(Digest)];
                (_taken, _complaint) = (text, "");
                log.TokensReplaced(tokens.Length);
                return;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add("The file may not be read.");
        }

        var complaint = problems.Count == 0 ? "The file is empty." : string.Join(' ', problems);
        if (complaint != _complaint)
        {
            _complaint = complaint;
            log.TokensNotReplaced(complaint);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.InternalTokensFile is not { } path)
        {
            return;
        }

        using var ticks = new PeriodicTimer(Period);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            Look(path);
        }
    }

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
