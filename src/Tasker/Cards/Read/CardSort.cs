namespace AgentGateway.Tasker.Cards.Read;

/// <summary>An order of cards: the columns it sorts by, always ended by the card's number so that pages never overlap.</summary>
internal sealed record CardSort(string Name, bool Descending, params (string Column, string Type)[] Keys)
{
    private static readonly CardSort[] All =
    [
        new("updated", true, ("i.updated_at", "timestamptz"), ("i.sequence_id", "int")),
        new("created", true, ("i.sequence_id", "int")),
        new("priority", false,
            ("array_position(ARRAY['urgent', 'high', 'medium', 'low', 'none'], i.priority)", "int"), ("i.sequence_id", "int")),
        new("due", false, ("coalesce(i.target_date, 'infinity'::date)", "date"), ("i.sequence_id", "int")),
        new("board", false, ("s.sequence", "float8"), ("i.sort_order", "float8"), ("i.sequence_id", "int")),
    ];

    public static string[] Names { get; } = [.. All.Select(sort => sort.Name)];

    public string Order => string.Join(", ", Keys.Select(key => key.Column + (Descending ? " DESC" : "")));

    /// <summary>The keys of a row as text, to be read back exactly.</summary>
    public string Position => $"ARRAY[{string.Join(", ", Keys.Select(key => $"({key.Column})::text"))}]";

    public string After =>
        $"({string.Join(", ", Keys.Select(key => key.Column))}) {(Descending ? "<" : ">")} "
        + $"({string.Join(", ", Keys.Select((key, at) => $"(@position)[{at + 1}]::{key.Type}"))})";

    public static CardSort Of(string name) => Array.Find(All, sort => sort.Name == name)!;
}
