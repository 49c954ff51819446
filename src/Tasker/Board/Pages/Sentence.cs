namespace AgentGateway.Tasker.Board.Pages;

/// <summary>A history entry in words; entries of unknown kinds are told plainly rather than left out.</summary>
internal static class Sentence
{
    private const int Longest = 80;

    public static Markup Of(ActivityRow row) => (row.Verb, row.Field) switch
    {
        ("created", null or "" or "issue" or "card") => Markup.Of($"created this card"),
        ("started", "work_session") => Markup.Of($"began to work on it"),
        ("ended", "work_session") => Markup.Of($"ended the work session as {Value(row.NewValue?.Replace('_', ' '))}"),
        (_, "work_session") => Markup.Of($"reported {Value(row.NewValue?.Replace('_', ' '))}"),
        (_, "comment") => Markup.Of($"commented"),
        (_, "state") => Move(row),
        ("agent_content_lost", _) => Markup.Of($"overwrote text of the agent {Value(row.NewValue)}; version {Value(row.OldValue)} has it"),
        ("restored", "description") => Markup.Of($"restored an earlier description as {Value(row.NewValue)}"),
        (_, "description" or "description_html" or "content") => Markup.Of($"edited the description"),
        (_, "name" or "title") => Markup.Of($"renamed it to {Value(row.NewValue)}"),
        (_, "link") => Markup.Of($"linked {Value(row.NewValue ?? row.OldValue)}"),
        (_, "label" or "labels") => Set(row, "label"),
        (_, "assignee" or "assignees") => Set(row, "assignee"),
        (_, { Length: > 0 } field) => Changed(row, field.Replace('_', ' ')),
        _ => Markup.Of($"{row.Verb.Replace('_', ' ')}"),
    };

    private static Markup Move(ActivityRow row) => row.OldValue is { Length: > 0 } old
        ? Markup.Of($"moved it from {Value(old)} to {Value(row.NewValue)}")
        : Markup.Of($"moved it to {Value(row.NewValue)}");

    private static Markup Set(ActivityRow row, string what) => (row.OldValue, row.NewValue) switch
    {
        (null or "", { Length: > 0 } added) => Markup.Of($"added the {what} {Value(added)}"),
        ({ Length: > 0 } removed, null or "") => Markup.Of($"removed the {what} {Value(removed)}"),
        _ => Changed(row, what),
    };

    private static Markup Changed(ActivityRow row, string what) => row.NewValue is { Length: > 0 } value
        ? Markup.Of($"set {what} to {Value(value)}")
        : Markup.Of($"changed {what}");

    private static Markup Value(string? text)
    {
        var value = text ?? "";
        var shown = value.Length > Longest ? string.Concat(value.AsSpan(0, Longest), "…") : value;
        return Markup.Of($"<em><bdi>{shown}</bdi></em>");
    }
}
