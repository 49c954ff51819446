using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using AgentGateway.Policy;
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

    public static Secret SigningKey(string text)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(text);
            return key.KeySize == 256 && key.ExportParameters(includePrivateParameters: true).D is not null
                ? Secret.Of(text)
                : throw new FormatException("is a key of another kind; gateway audit keygen makes a good one");
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException)
        {
            throw new FormatException("is not the PEM of an ECDSA P-256 private key; gateway audit keygen makes a good one");
        }
    }

    public static IReadOnlyList<Secret> OneOrTwoSecrets(string text) => OneOrTwo(text, LongSecret);

    public static IReadOnlyList<Secret> OneOrTwoShortSecrets(string text) => OneOrTwo(text, AnySecret);

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

    public static int Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"is not a whole number from {least} to {most}"));

    public static LogEventLevel Level(string text) =>
        Enum.TryParse<LogEventLevel>(text, ignoreCase: true, out var level) && Enum.IsDefined(level)
            ? level
            : throw new FormatException("is none of Verbose, Debug, Information, Warning, Error, Fatal");

    /// <summary><c>10/40</c>: ten a second, forty at once. <c>0</c>: no limit.</summary>
    public static Rate Rate(string text)
    {
        if (text == "0")
        {
            return Policy.Rate.Unlimited;
        }

        return text.Split('/') is [var rate, var burst]
            && double.TryParse(rate, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perSecond)
            && int.TryParse(burst, NumberStyles.None, CultureInfo.InvariantCulture, out var atOnce)
            && perSecond is > 0 and <= 1_000_000 && atOnce is > 0 and <= 1_000_000
            ? new Rate(perSecond, atOnce)
            : throw new FormatException("is neither 0 (no limit) nor a rate such as 10/40, ten a second and forty at once");
    }

    /// <summary><c>30s</c>, <c>5m</c>, <c>24h</c> or <c>7d</c>.</summary>
    public static TimeSpan Duration(string text)
    {
        var unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0 && (long)count * unit <= 366 * 86_400
            ? TimeSpan.FromSeconds((long)count * unit)
            : throw new FormatException("is no time such as 30s, 5m, 24h or 7d, of at most 366 days");
    }

    public static string Text(string text) => text;

    private static IReadOnlyList<Secret> OneOrTwo(string text, Func<string, Secret> parse)
    {
        var values = text.Split(',', StringSplitOptions.TrimEntries);
        return values.Length <= 2
            ? [.. values.Select(parse)]
            : throw new FormatException("holds more than two values; only an old and a new one may be valid at once");
    }

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
