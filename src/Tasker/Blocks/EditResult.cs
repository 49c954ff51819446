namespace AgentGateway.Tasker.Blocks;

/// <summary>The text a replaced block had, exactly.</summary>
public sealed record PreviousText(string Id, string? Text);

/// <summary>The description after a batch; every block the batch did not name is what it was.</summary>
public sealed record EditResult : EditOutcome
{
    /// <summary>The new <c>description_html</c>; the given one, unchanged, if nothing had to change.</summary>
    public required string Html { get; init; }

    /// <summary>The new <c>description_stripped</c>.</summary>
    public required string StrippedText { get; init; }

    /// <summary>False if the card already was as the batch wants it; then nothing needs to be stored.</summary>
    public required bool IsChanged { get; init; }

    public required IReadOnlyList<Block> Changed { get; init; }

    public required IReadOnlyList<Block> Added { get; init; }

    /// <summary>The UUIDs of the blocks the batch added or gave another text.</summary>
    public required IReadOnlyList<string> Written { get; init; }

    public required IReadOnlyList<PreviousText> Previous { get; init; }

    /// <summary>What was dropped or became text, such as <c>html_tag:img</c>, <c>image</c> or <c>link:javascript</c>.</summary>
    public required IReadOnlyList<string> Sanitized { get; init; }

    public required (int Checked, int Total) Progress { get; init; }
}
