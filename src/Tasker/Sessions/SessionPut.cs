using System.Text.RegularExpressions;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards.Write;

namespace AgentGateway.Tasker.Sessions;

/// <summary>A step of what an agent plans to do.</summary>
internal sealed record PlanStep(string Text, bool Done);

/// <summary>A work session as its agent reports it, and what is to happen to the card with it.</summary>
internal sealed partial record SessionPut
{
    private const int MostSteps = 20;
    private const int MostItems = 50;
    private const int MostLinks = 10;

    public required string Status { get; init; }

    public required string Goal { get; init; }

    /// <summary>Null: the plan stays as it is.</summary>
    public required IReadOnlyList<PlanStep>? Plan { get; init; }

    /// <summary>Null: the last report stands.</summary>
    public required string? Progress { get; init; }

    /// <summary>Ends the session whatever its status; an outcome ends it by itself.</summary>
    public required bool Final { get; init; }

    public required bool Takeover { get; init; }

    public required Named? MoveTo { get; init; }

    public required bool MoveToStarted { get; init; }

    public required IReadOnlyList<BlockOp> CheckItems { get; init; }

    public required IReadOnlyList<LinkCreate> Links { get; init; }

    public bool Ends => Final || Status is "completed" or "partial" or "failed" or "abandoned";

    public static SessionPut Read(RequestBody body)
    {
        body.Only(
            "status", "goal", "plan", "progress_markdown", "final", "takeover", "move_to", "move_to_started", "check_items", "links");
        body.RequiredLine("status", 40);
        var put = new SessionPut
        {
            Status = body.OneOf(
                "status", "working", "testing", "needs_input", "blocked", "completed", "partial", "failed", "abandoned") ?? "",
            Goal = body.RequiredLine("goal", 500),
            Plan = body.Has("plan") ? [.. body.Objects("plan", MostSteps).Select(Step)] : null,
            Progress = body.Text("progress_markdown", 4_000, shortest: 0),
            Final = body.Flag("final"),
            Takeover = body.Flag("takeover"),
            MoveTo = body.Line("move_to", 255) is { } state ? new Named("/move_to", state) : null,
            MoveToStarted = body.Flag("move_to_started"),
            CheckItems = [.. body.Objects("check_items", MostItems).Select(Item)],
            Links = [.. body.Objects("links", MostLinks).Select(LinkCreate.Read)],
        };
        if (put is { MoveTo: not null, MoveToStarted: true })
        {
            body.Add("move_to_started", "is for a call that names no state in move_to");
        }

        return put;
    }

    public static string IdFromRoute(HttpContext http) =>
        http.Request.RouteValues["session"] is string id && Id().IsMatch(id)
            ? id
            : throw Refuse.Field("/session", "must be an id of 3 to 64 letters, digits, dots, dashes and underscores");

    private static PlanStep Step(RequestBody step)
    {
        step.Only("text", "done");
        return new PlanStep(step.RequiredLine("text", 200), step.Flag("done"));
    }

    private static BlockOp Item(RequestBody item)
    {
        item.Only("block_id", "checked", "expect_text");
        if (!item.Has("checked"))
        {
            item.Add("checked", "is required");
        }

        return new BlockOp
        {
            Op = BlockOps.SetChecked,
            BlockId = item.RequiredLine("block_id", 40),
            Checked = item.Flag("checked"),
            ExpectText = item.Text("expect_text", 200),
        };
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{3,64}$")]
    private static partial Regex Id();
}
