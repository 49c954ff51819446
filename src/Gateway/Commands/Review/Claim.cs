namespace AgentGateway.Gateway.Commands.Review;

/// <summary>A capability that no agent has, whatever its grants: proved by looking at every route there is.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Sentence">What holds when there is no counter-example.</param>
/// <param name="Find">The counter-examples of one tool, a sentence each.</param>
internal sealed record Claim(string Name, string Sentence, Func<ReviewedTool, IEnumerable<string>> Find);

/// <summary>One tool as a claim looks at it: everything it can send, and nothing of what it only says.</summary>
internal sealed record ReviewedTool
{
    private const string MethodPlace = "Match.Methods[";

    private readonly SortedDictionary<string, string> _leaves;

    public ReviewedTool(string name, SortedDictionary<string, string> leaves)
    {
        Name = name;
        _leaves = leaves;
        Path = leaves.TryGetValue("Match.Path", out var path) ? path.Trim('"') : null;
        Methods = [.. leaves.Keys.Where(place => place.StartsWith(MethodPlace, StringComparison.Ordinal))
            .Select(place => place[MethodPlace.Length..^1])];
        IsWrite = leaves.GetValueOrDefault("Policy.Effect") != "\"read\"";
    }

    public string Name { get; }

    /// <summary>Null when the gateway answers by itself: then nothing can be sent.</summary>
    public string? Path { get; }

    public IReadOnlyList<string> Methods { get; }

    public bool IsWrite { get; }

    public bool Has(string place) => _leaves.ContainsKey(place);

    public string? Value(string place) => _leaves.GetValueOrDefault(place)?.Trim('"');

    /// <summary>Name, route, members, constants, arguments and their enumerated values.</summary>
    public IEnumerable<string> Sendable => _leaves
        .Where(leaf => leaf.Key.StartsWith("Match.", StringComparison.Ordinal)
            || leaf.Key.StartsWith("Request.", StringComparison.Ordinal)
            || leaf.Key.StartsWith("Policy.", StringComparison.Ordinal)
            || (leaf.Key.StartsWith("Contract.inputSchema.", StringComparison.Ordinal)
                && ChangeRules.Judge(leaf.Key, null, leaf.Value) != Direction.Words))
        .Select(leaf => leaf.Value.Length == 0 ? leaf.Key : $"{leaf.Key} = {leaf.Value}")
        .Prepend(Name);
}
