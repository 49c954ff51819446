using System.Globalization;

namespace AgentGateway.Gateway.Commands.Review;

/// <summary>Judges one difference by its place: a limit that grows is a gain, a rule that goes away too, anything unknown as well.</summary>
internal static class ChangeRules
{
    private static readonly string[] WordPlaces =
        ["Contract.title", "Contract.description", "Contract.outputSchema.", "Contract.annotations."];

    // What only describes an argument; a default in a contract only tells the agent.
    private static readonly string[] WordEnds = [".description", ".default", ".x-mcp-header", ".title"];

    // Where presence restricts: an entry that goes away opens something.
    private static readonly string[] RestrictingPlaces =
        ["Policy.AlsoNeeds.", "Policy.SameProject[", "Response.Scoped[", "Contract.outputRequired["];

    private static readonly string[] UpperLimits = [".maxLength", ".maxItems", ".maximum"];

    private static readonly string[] LowerLimits = [".minLength", ".minItems", ".minimum"];

    public static Direction Judge(string place, string? old, string? now)
    {
        if (WordPlaces.Any(word => place.StartsWith(word, StringComparison.Ordinal))
            || (place.StartsWith("Contract.", StringComparison.Ordinal) && Ends(place, WordEnds) && !IsArgument(place)))
        {
            return Direction.Words;
        }

        if (place is "Policy.Effect")
        {
            // A read that becomes a write is claimed, settled durably and closed to agents that only read.
            return now == "\"write\"" ? Direction.Loss : Direction.Gain;
        }

        if (RestrictingPlaces.Any(word => place.StartsWith(word, StringComparison.Ordinal))
            || place.Contains(".required[", StringComparison.Ordinal))
        {
            return old is null ? Direction.Loss : Direction.Gain;
        }

        if (Ends(place, UpperLimits) || Ends(place, LowerLimits))
        {
            return IsWider(Ends(place, UpperLimits), Number(old), Number(now)) ? Direction.Gain : Direction.Loss;
        }

        return now is null ? Direction.Loss : Direction.Gain;
    }

    public static string Sentence(string place, string? old, string? now)
    {
        var verb = (old, now) switch
        {
            (null, _) => "is new",
            (_, null) => "is gone",
            _ => $"was {old}, becomes {now}",
        };
        var value = old is null && !string.IsNullOrEmpty(now) ? $": {now}" : "";
        return $"{Name(place)} {verb}{value}";
    }

    private static string Name(string place)
    {
        foreach (var (start, name) in (ReadOnlySpan<(string, string)>)
        [
            ("Request.Body.", "body member "), ("Request.Query.", "query argument "), ("Request.Headers.", "header "),
            ("Request.Nulls", "the argument that clears members"),
            ("Response.Scoped[", "check of the project of "), ("Response.Result.", "what agents see: "),
            ("Policy.AlsoNeeds.", "further scope for "), ("Policy.SameProject[", "same-project rule for "),
            ("Policy.", "rule "), ("Match.", "route "), ("Contract.inputSchema.properties.", "argument "),
            ("Contract.inputSchema.required[", "required argument "), ("Contract.outputRequired[", "promised member "),
            ("Contract.", "contract "),
        ])
        {
            if (place.StartsWith(start, StringComparison.Ordinal))
            {
                var rest = place[start.Length..];
                return start.EndsWith('[') ? name + rest.TrimEnd(']') : name + rest;
            }
        }

        return place;
    }

    private static bool IsWider(bool upper, decimal? old, decimal? now) => (old, now) switch
    {
        (null, _) => false,
        (_, null) => true,
        _ => upper ? now > old : now < old,
    };

    // An argument may itself be called "description" or "title".
    private static bool IsArgument(string place)
    {
        var owner = place[..place.LastIndexOf('.')];
        return owner.EndsWith(".properties", StringComparison.Ordinal);
    }

    private static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool Ends(string place, string[] ends) => ends.Any(end => place.EndsWith(end, StringComparison.Ordinal));
}
