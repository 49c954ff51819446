using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Gateway.Configure;

/// <summary>
/// Follows the files of rotating secrets: a new content counts within five seconds, a bad one never, and then the old one stays.
/// </summary>
internal sealed class SecretFiles(Settings settings, TimeProvider clock, ILogger<SecretFiles> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Looks at every file once.</summary>
    public void Look()
    {
        foreach (var secret in settings.Rotating.Where(secret => secret.Path is not null))
        {
            Follow(secret, secret.Path!);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Look();
        using var ticks = new PeriodicTimer(Period, clock);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }

    // A content counts when two looks in a row have found it: one that is half written is not taken for a short secret.
    private void Follow(RotatingSecret secret, string path)
    {
        var seen = _seen.GetValueOrDefault(secret.Name) ?? new Seen(DigestOf(secret.Values), "");
        string text;
        try
        {
            text = SecretFile.Read(path);
        }
        catch (FormatException refusal)
        {
            _seen[secret.Name] = Refuse(secret, seen with { Waiting = null }, refusal.Message);
            return;
        }

        var digest = Digest(text);
        if (digest == seen.Taken)
        {
            _seen[secret.Name] = new Seen(seen.Taken, "");
        }
        else if (digest != seen.Waiting)
        {
            _seen[secret.Name] = seen with { Waiting = digest };
        }
        else
        {
            _seen[secret.Name] = Take(secret, text, seen, digest);
        }
    }

    private Seen Take(RotatingSecret secret, string text, Seen seen, string digest)
    {
        try
        {
            var values = secret.Parse(text);
            if (settings.SharedWith(secret, values) is { } other)
            {
                throw new FormatException($"has a value of {other}; each needs its own");
            }

            secret.Replace(values);
            log.SecretReplaced(secret.Name, values.Count);
            return new Seen(digest, "");
        }
        catch (FormatException refusal)
        {
            return Refuse(secret, seen, refusal.Message);
        }
    }

    // Said once for as long as it is the same.
    private Seen Refuse(RotatingSecret secret, Seen seen, string why)
    {
        if (why != seen.Complaint)
        {
            log.SecretNotReplaced(secret.Name, why);
        }

        return seen with { Complaint = why };
    }

    private static string DigestOf(IReadOnlyList<Secret> values) => Digest(string.Join(',', values.Select(value => value.Reveal())));

    private static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Seen(string Taken, string Complaint)
    {
        public string? Waiting { get; init; }
    }
}
