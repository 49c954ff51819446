using AgentGateway.Policy;

namespace AgentGateway.Gateway.Commands.Review;

/// <summary>Every difference between two manifests, each with who gains or loses by it.</summary>
internal static class ManifestDiff
{
    private static readonly string[] Everybody = ["every agent"];

    private static readonly string[] InOrder = [.. Bundles.ByName.OrderBy(bundle => bundle.Value.Count).Select(bundle => bundle.Key)];

    public static IReadOnlyList<ManifestChange> Compare(ManifestLeaves old, ManifestLeaves now)
    {
        var changes = new List<ManifestChange>();
        foreach (var tool in old.Tools.Keys.Union(now.Tools.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var before = old.Tools.GetValueOrDefault(tool);
            var after = now.Tools.GetValueOrDefault(tool);
            if (before is null)
            {
                changes.Add(new(Direction.Gain, tool, "", null, tool, $"the tool is new: {Route(after!)}", Holders(after!)));
            }
            else if (after is null)
            {
                changes.Add(new(Direction.Loss, tool, "", tool, null, "the tool is gone", Holders(before)));
            }
            else
            {
                Compare(tool, before, after, changes);
            }
        }

        return changes;
    }

    private static void Compare(
        string tool, SortedDictionary<string, string> before, SortedDictionary<string, string> after, List<ManifestChange> changes)
    {
        var arguments = new HashSet<string>(StringComparer.Ordinal);
        foreach (var place in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var old = before.GetValueOrDefault(place);
            var now = after.GetValueOrDefault(place);
            if (string.Equals(old, now, StringComparison.Ordinal))
            {
                continue;
            }

            if (place == "Policy.Scope")
            {
                AddScope(tool, old, now, changes);
            }
            else if (ArgumentOf(place) is { } argument && before.Keys.Any(Within(argument)) != after.Keys.Any(Within(argument)))
            {
                // All of a new or vanished argument is one change.
                if (arguments.Add(argument))
                {
                    changes.Add(Change(tool, argument, old is null ? null : "", now is null ? null : "", after));
                }
            }
            else
            {
                changes.Add(Change(tool, place, old, now, after));
            }
        }
    }

    private static ManifestChange Change(string tool, string place, string? old, string? now, SortedDictionary<string, string> after) =>
        new(ChangeRules.Judge(place, old, now), tool, place, old, now, ChangeRules.Sentence(place, old, now), Holders(after));

    // Who held the one scope and not the other, in both directions.
    private static void AddScope(string tool, string? old, string? now, List<ManifestChange> changes)
    {
        var could = HoldersOf(old);
        var can = HoldersOf(now);
        var sentence = ChangeRules.Sentence("Policy.Scope", old, now);
        if (could.Except(can, StringComparer.Ordinal).ToList() is { Count: > 0 } losers)
        {
            changes.Add(new(Direction.Loss, tool, "Policy.Scope", old, now, sentence, losers));
        }

        // An agent may hold single scopes without a bundle: whoever has the new one gains.
        var gainers = can.Except(could, StringComparer.Ordinal).ToList();
        changes.Add(new(
            Direction.Gain, tool, "Policy.Scope", old, now, sentence,
            gainers.Count > 0 ? gainers : [$"agents with {now} alone"]));
    }

    private static Func<string, bool> Within(string argument) => place =>
        place.StartsWith(argument, StringComparison.Ordinal) && place[argument.Length..] is "" or ['.', ..] or ['[', ..];

    // The outermost argument a place of the input schema lies in, then the next one inside, is decided by which exists on both sides.
    private static string? ArgumentOf(string place)
    {
        const string Start = "Contract.inputSchema.properties.";
        if (!place.StartsWith(Start, StringComparison.Ordinal))
        {
            return null;
        }

        var end = place.IndexOf('.', Start.Length);
        return end < 0 ? place : place[..end];
    }

    private static string[] Holders(SortedDictionary<string, string> tool) =>
        HoldersOf(tool.GetValueOrDefault("Policy.Scope"));

    private static string[] HoldersOf(string? scope) => scope is null or "null"
        ? Everybody
        : [.. InOrder.Where(bundle => Bundles.ByName[bundle].Contains(scope.Trim('"')))];

    private static string Route(SortedDictionary<string, string> tool)
    {
        var method = tool.Keys.FirstOrDefault(place => place.StartsWith("Match.Methods[", StringComparison.Ordinal));
        return method is null
            ? "answered by the gateway"
            : $"{method["Match.Methods[".Length..^1]} {tool["Match.Path"].Trim('"')}, scope {tool.GetValueOrDefault("Policy.Scope", "none")}";
    }
}
