using System.Globalization;
using AgentGateway.Tasker.Blocks.Guard;

namespace AgentGateway.Tasker.Adapter.Input;

/// <summary>The query of a request, read strictly: unknown, repeated and ill-formed arguments are refused.</summary>
internal sealed class QueryArguments
{
    private const int LongestCursor = 512;

    private readonly IQueryCollection _query;

    public QueryArguments(HttpRequest request, params ReadOnlySpan<string> names)
    {
        _query = request.Query;
        foreach (var name in _query.Keys)
        {
            if (!names.Contains(name))
            {
                throw Refuse.Field("/" + name, "is not an argument of this operation");
            }
        }
    }

    public string? Text(string name, int longest, int shortest = 0)
    {
        var values = _query[name];
        return values.Count switch
        {
            0 => null,
            1 when values[0] is "" && shortest == 0 => null,
            1 => Accept(name, values[0]!, longest, shortest),
            _ => throw Refuse.Field("/" + name, "must be given once"),
        };
    }

    public int Number(string name, int otherwise, int most) => Text(name, 10) is not { } text
        ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw Refuse.Field("/" + name, $"must be a whole number from 1 to {most}");

    public string? OneOf(string name, params ReadOnlySpan<string> words) =>
        Text(name, 40) is not { } word ? null : words.Contains(word) ? word : throw Refuse.Field(
            "/" + name, $"must be one of {string.Join(", ", words!)}");

    public IReadOnlyList<Named> List(string name, int most, int longest)
    {
        var values = _query[name];
        return values.Count <= most
            ? [.. values.Select((value, at) => new Named($"/{name}/{at}", Accept(name, value ?? "", longest, 1)))]
            : throw Refuse.Field("/" + name, $"may be given at most {most} times");
    }

    /// <summary>Words separated by commas, each out of the list.</summary>
    public IReadOnlySet<string>? Words(string name, params string[] known)
    {
        if (Text(name, 200) is not { } text)
        {
            return null;
        }

        var words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(words, word => known.Contains(word))
            ? words.ToHashSet(StringComparer.Ordinal)
            : throw Refuse.Field("/" + name, $"must be words out of {string.Join(", ", known)}");
    }

    public DateTime? Time(string name) => Text(name, 40) is not { } text
        ? null
        : DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at.UtcDateTime
            : throw Refuse.Field("/" + name, "must be an ISO 8601 date or time");

    public Guid? Id(string name) => Text(name, 64) is not { } text
        ? null
        : Guid.TryParseExact(text, "D", out var id) ? id : throw Refuse.Field("/" + name, "must be an id");

    public string? Cursor => Text("cursor", LongestCursor);

    private static string Accept(string name, string value, int longest, int shortest)
    {
        var text = TextRules.Accept(value).Trim();
        var length = Limits.CodePoints(text);
        return length >= shortest && length <= longest
            ? text
            : throw Refuse.Field("/" + name, $"must have {shortest} to {longest} characters");
    }
}
