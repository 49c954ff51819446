namespace AgentGateway.Tasker.Blocks;

/// <summary>The names of the operations; there is none that removes.</summary>
public static class BlockOps
{
    public const string Append = "append";
    public const string InsertAfter = "insert_after";
    public const string ReplaceText = "replace_text";
    public const string SetChecked = "set_checked";
}

/// <summary>One operation on the blocks of a card, as the caller wrote it.</summary>
public sealed record BlockOp
{
    public required string Op { get; init; }

    public string? BlockId { get; init; }

    public string? BlockRev { get; init; }

    /// <summary>For append: the text of a heading or its block id.</summary>
    public string? Section { get; init; }

    public string? Markdown { get; init; }

    public IReadOnlyList<NewBlock>? Blocks { get; init; }

    public bool? Checked { get; init; }

    /// <summary>For set_checked: the text the item must still have.</summary>
    public string? ExpectText { get; init; }

    public bool AllowFormatLoss { get; init; }
}

/// <summary>A block to add, as the caller wrote it.</summary>
public sealed record NewBlock
{
    public required string Type { get; init; }

    public string? Text { get; init; }

    public int? Level { get; init; }

    public bool? Checked { get; init; }

    public int? Indent { get; init; }

    public string? Lang { get; init; }
}

/// <summary>What the caller of an edit may do and who the members of the project are.</summary>
public sealed record EditContext
{
    /// <summary>True if the caller may mention members, which notifies them.</summary>
    public bool MentionsAllowed { get; init; }

    /// <summary>The member a handle names, or null.</summary>
    public Func<string, CardMember?> MemberByHandle { get; init; } = static _ => null;

    /// <summary>The member a stored mention names, or null.</summary>
    public Func<string, CardMember?> MemberById { get; init; } = static _ => null;

    /// <summary>How many characters of Markdown one batch may carry.</summary>
    public int MarkdownLimit { get; init; } = Guard.Limits.MarkdownPerCall;
}
