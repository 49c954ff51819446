namespace AgentGateway.Tasker.Blocks;

/// <summary>The stable codes of a refused edit.</summary>
public static class BlockCodes
{
    public const string BlockNotFound = "block_not_found";
    public const string BlockConflict = "block_conflict";
    public const string BlockTypeMismatch = "block_type_mismatch";
    public const string FormatLoss = "format_loss";
    public const string ContentRejected = "content_rejected";
    public const string ValidationFailed = "validation_failed";
    public const string PayloadTooLarge = "payload_too_large";
}

/// <summary>The answer to a batch of operations: the new description or the reason why nothing was changed.</summary>
public abstract record EditOutcome
{
    private protected EditOutcome()
    {
    }
}

/// <summary>Says which operation was refused and why, in a code and a sentence fit for the caller.</summary>
public sealed record BlockProblem : EditOutcome
{
    public required string Code { get; init; }

    public required string Message { get; init; }

    /// <summary>A JSON pointer to the operation or its member, such as <c>/ops/0/block_rev</c>.</summary>
    public string? Pointer { get; init; }

    /// <summary>Blocks the caller may have meant, at most five.</summary>
    public IReadOnlyList<Block> Candidates { get; init; } = [];

    /// <summary>The block as it is now, for a conflict.</summary>
    public Block? Current { get; init; }
}
