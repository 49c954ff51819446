using System.Net;
using Npgsql;
using Serilog.Events;

namespace AgentGateway.Gateway.Configure;

/// <summary>How the text of a setting becomes its value; each refusal is a sentence without the value.</summary>
internal static class SettingParsers
{
    private const int LongestSecret = 4096;
    private const int LeastDifferentCharacters = 8;

    private static readonly string[] Samples =
    [
        "changeme", "change-me", "change_me", "default-secret", "secret-api-key", "replace", "example", "your-", "your_",
        "placeholder", "password", "0123456789abcdef0123456789abcdef", "abcdefghijklmnopqrstuvwxyz", "insert-", "<",
    ];

    public static Secret LongSecret(string text) => ParseSecret(text, shortest: 32);

    public static Secret AnySecret(string text) => ParseSecret(text, shortest: 16);

    public static IReadOnlyList<Secret> OneOrTwoSecrets(string text)
    {
        var values = text.Split(',', StringSplitOptions.TrimEntries);
        return values.Length <= 2
            ? [.. values.Select(LongSecret)]
            : throw new FormatException("holds more than two values; only an old and a new one may be valid at once");
    }

    public static Secret ConnectionString(string text)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrEmpty(parts.Host) || string.IsNullOrEmpty(parts.Database)
                ? throw new FormatException("needs at least Host and Database")
                : Secret.Of(text);
        }
        catch (ArgumentException)
        {
            throw new FormatException("is not an Npgsql connection string such as Host=…;Database=…;Username=…;Password=…");
        }
    }

    public static Uri AbsoluteUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? url
            : throw new FormatException("is not an absolute http or https URL without user, query and fragment");

    public static IReadOnlyList<string> Listeners(string text)
    {
        var urls = Words(text);
        foreach (var url in urls)
        {
            // "http://+:5080" and "http://*:5080" are listeners but no URLs.
            AbsoluteUrl(url.Replace("//+", "//any", StringComparison.Ordinal).Replace("//*", "//any", StringComparison.Ordinal));
        }

        return urls;
    }

    public static IReadOnlyList<string> Words(string text) =>
        text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static IReadOnlyList<string> Origins(string text)
    {
        var origins = Words(text);
        return origins.All(origin => AbsoluteUrl(origin).GetLeftPart(UriPartial.Authority) == origin)
            ? origins
            : throw new FormatException("holds something other than origins such as https://tasker.example.org");
    }

    public static IReadOnlyList<IPAddress> Addresses(string text) =>
    [
        .. Words(text).Select(word => IPAddress.TryParse(word, out var address)
            ? address
            : throw new FormatException("holds something other than IP addresses")),
    ];

    public static bool Flag(string text) =>
        bool.TryParse(text, out var value) ? value : throw new FormatException("is neither true nor false");

    public static LogEventLevel Level(string text) =>
        Enum.TryParse<LogEventLevel>(text, ignoreCase: true, out var level) && Enum.IsDefined(level)
            ? level
            : throw new FormatException("is none of Verbose, Debug, Information, Warning, Error, Fatal");

    public static string Text(string text) => text;

    private static Secret ParseSecret(string text, int shortest)
    {
        if (text.Length < shortest || text.Length > LongestSecret)
        {
            throw new FormatException(
                $"must have {shortest} to {LongestSecret} characters; openssl rand -hex 32 makes a good one");
        }

        if (text.Any(character => !char.IsAscii(character) || char.IsControl(character) || character is ' ' or ','))
        {
            throw new FormatException("may hold visible ASCII characters only, and no comma");
        }

        var known = Samples.Any(sample => text.Contains(sample, StringComparison.OrdinalIgnoreCase));
        return known || text.Distinct().Count() < LeastDifferentCharacters
            ? throw new FormatException("looks like a sample value; openssl rand -hex 32 makes a good one")
            : Secret.Of(text);
    }
}
