using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentGateway.Console.Book;

/// <summary>Which events a page shows, as its address says; what makes no sense there is left out.</summary>
public sealed record CallFilter
{
    public static readonly string[] Kinds = ["calls", "admitted", "lifecycle", "all"];

    public static readonly string[] Decisions =
        ["succeeded", "failed", "deny", "replay", "released", "in_doubt", "unknown", "allow"];

    private const int LongestWord = 200;

    public string Kind { get; init; } = "calls";

    public string? Agent { get; init; }

    public string? Tool { get; init; }

    public string? Decision { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Events before this one; newer pages are reached by going back.</summary>
    public long? Before { get; init; }

    /// <summary>The page looks for new events by itself; only the newest page does.</summary>
    public bool IsFollowing { get; init; }

    public bool IsNarrow => Agent is not null || Tool is not null || Decision is not null || Reason is not null || From is not null || To is not null;

    public static CallFilter Read(IQueryCollection query)
    {
        string? Word(string name) => query[name] is [{ Length: > 0 and <= LongestWord } word] && !word.Contains('\0') ? word.Trim() : null;
        DateTimeOffset? Moment(string name) => DateTimeOffset.TryParse(
            Word(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
        return new CallFilter
        {
            Kind = Word("kind") is { } kind && Kinds.Contains(kind) ? kind : "calls",
            Agent = Word("agent"),
            Tool = Word("tool"),
            Decision = Word("decision") is { } decision && Decisions.Contains(decision) ? decision : null,
            Reason = Word("reason"),
            From = Moment("from"),
            To = Moment("to"),
            IsFollowing = Word("follow") == "1" && Word("before") is null,
            Before = long.TryParse(Word("before"), NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null,
        };
    }

    public string Address(long? before, bool follow = false)
    {
        var query = new Dictionary<string, string?>
        {
            ["kind"] = Kind == "calls" ? null : Kind,
            ["agent"] = Agent,
            ["tool"] = Tool,
            ["decision"] = Decision,
            ["reason"] = Reason,
            ["from"] = Text(From),
            ["to"] = Text(To),
            ["follow"] = follow ? "1" : null,
            ["before"] = before?.ToString(CultureInfo.InvariantCulture),
        };
        return QueryHelpers.AddQueryString("/calls", query.Where(one => one.Value is not null));
    }

    /// <summary>As a field for a date and a time takes it.</summary>
    public static string? Text(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
}
