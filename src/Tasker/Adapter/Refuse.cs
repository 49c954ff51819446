using AgentGateway.Tasker.Blocks;

namespace AgentGateway.Tasker.Adapter;

/// <summary>The refusals of the adapter: each code has one status and one title.</summary>
internal static class Refuse
{
    public static RefusalException Unauthenticated() =>
        New(401, "unauthenticated", "Missing or unknown internal token", "The request carries no internal token that Tasker knows.");

    public static RefusalException Operation() => New(
        403, "operation_forbidden", "Operation not available", "The adapter has no such operation.",
        "Use the listed tools; nothing can be deleted or archived here.");

    public static RefusalException Members(IReadOnlyList<FieldError> errors) => new(new Problem
    {
        Status = 403,
        Code = "operation_forbidden",
        Title = "Operation not available",
        Detail = "These members cannot be written here.",
        Hint = "Send the listed members only; use the tool made for the change you want.",
        Errors = errors,
    });

    // One constant answer: an agent must not learn from it whether a project exists.
    public static RefusalException Project() => New(
        403, "project_not_granted", "Project not available", "The project does not exist or is not granted to this agent.",
        "Call list_projects to see granted projects; ask a workspace admin for access.");

    public static RefusalException AgentsDisabled() => New(
        403, "agents_disabled", "Agents are switched off", "Codex agents are switched off in this workspace.",
        "Ask a workspace admin to switch them on under Workspace settings, Features.");

    public static RefusalException Suspended(string why) => New(403, "agent_suspended", "Agent suspended", why);

    public static RefusalException Scope(string scope) => new(new Problem
    {
        Status = 403,
        Code = "scope_missing",
        Title = "Permission missing",
        Detail = $"This needs the permission {scope} on the project.",
        Hint = $"Ask the agent's owner for {scope}.",
        Errors = [new FieldError("", "scope_missing", "missing permission") { Value = scope }],
    });

    public static RefusalException Card(string key, string? pointer = null) => new(new Problem
    {
        Status = 404,
        Code = "card_not_found",
        Title = "Card not found",
        Detail = $"There is no card {key}.",
        Hint = "Check the number, or find the card with search_cards.",
        Errors = pointer is null ? null : [new FieldError(pointer, "card_not_found", "no such card") { Value = key }],
    });

    public static RefusalException Comment(string pointer) => new(new Problem
    {
        Status = 404,
        Code = "comment_not_found",
        Title = "Comment not found",
        Detail = "The card has no such comment.",
        Errors = [new FieldError(pointer, "comment_not_found", "no such comment on this card")],
    });

    public static RefusalException Block(FieldError error) => new(new Problem
    {
        Status = 404,
        Code = "block_not_found",
        Title = "Block not found",
        Detail = error.Message,
        Hint = "Read the blocks with get_card_content.",
        Errors = [error],
    });

    /// <summary>What the block engine could not do.</summary>
    public static RefusalException Block(BlockProblem problem) => new(new Problem
    {
        Status = problem.Code switch
        {
            BlockCodes.BlockNotFound => 404,
            BlockCodes.BlockConflict => 409,
            BlockCodes.PayloadTooLarge => 413,
            _ => 422,
        },
        Code = problem.Code,
        Title = "Content not changed",
        Detail = problem.Message,
        Retryable = problem.Code == BlockCodes.BlockConflict,
        Hint = problem.Code is BlockCodes.BlockNotFound or BlockCodes.BlockConflict
            ? "Read the blocks again with get_card_content and use the present ids and revs."
            : null,
        CurrentRev = problem.Current?.Rev,
        Current = problem.Current,
        Errors =
        [
            new FieldError(problem.Pointer ?? "/ops", problem.Code, problem.Message)
            {
                Value = problem.Current?.Text,
                Candidates = problem.Candidates is [] ? null : [.. problem.Candidates.Select(block => block.Id).Take(5)],
            },
        ],
    });

    public static RefusalException Malformed(string why, string code = "validation_failed") =>
        New(400, code, "Malformed request", why);

    public static RefusalException Invalid(string code, string detail, params IReadOnlyList<FieldError> errors) => new(new Problem
    {
        Status = 422,
        Code = code,
        Title = "Not valid for this project",
        Detail = detail,
        Hint = errors.Any(error => error.Candidates is { Count: > 0 })
            ? "Use one of the candidates or call get_project_context."
            : null,
        Errors = errors is [] ? null : errors,
    });

    public static RefusalException Field(string pointer, string message) =>
        Invalid("validation_failed", $"{pointer.TrimStart('/')}: {message}.", new FieldError(pointer, "validation_failed", message));

    public static RefusalException Stale(string current) => new(new Problem
    {
        Status = 412,
        Code = "revision_mismatch",
        Title = "Card changed",
        Detail = $"The card is now at {current}.",
        Retryable = true,
        CurrentRev = current,
        Hint = "Read the card again and repeat the change if it still makes sense.",
    });

    public static RefusalException PreconditionRequired(string current) => new(new Problem
    {
        Status = 428,
        Code = "precondition_required",
        Title = "If-Match required",
        Detail = "A title is only changed against the revision it was read at.",
        CurrentRev = current,
        Hint = "Read the card and send its rev.",
    });

    public static RefusalException Conflict(string code, string title, string detail, bool retryable = false, string? rev = null) =>
        new(new Problem { Status = 409, Code = code, Title = title, Detail = detail, Retryable = retryable, CurrentRev = rev });

    public static RefusalException TooLarge(string what) => New(413, "payload_too_large", "Too large", what);

    public static RefusalException MediaType() =>
        New(415, "unsupported_media_type", "Unsupported media type", "Bodies are application/json in UTF-8.");

    public static RefusalException Unavailable() => new(new Problem
    {
        Status = 503,
        Code = "upstream_unavailable",
        Title = "Temporarily unavailable",
        Detail = "The tracker's database did not answer in time.",
        Retryable = true,
        RetryAfterSeconds = 2,
    });

    public static Problem Internal() =>
        new() { Status = 500, Code = "internal_error", Title = "Internal error", Detail = "The operation failed and changed nothing." };

    private static RefusalException New(int status, string code, string title, string detail, string? hint = null) =>
        new(new Problem { Status = status, Code = code, Title = title, Detail = detail, Hint = hint });
}
