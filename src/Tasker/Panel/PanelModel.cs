using AgentGateway.Tasker.Agents;
using AgentGateway.Tasker.Cards;

namespace AgentGateway.Tasker.Panel;

/// <summary>What administrators see of the agents of a workspace now.</summary>
public sealed record PanelModel(Desk Desk, ReportedAgents Reported)
{
    public static readonly string[] States = ["connected", "idle", "stale", "never"];

    /// <summary>The state that alone is shown; null: all.</summary>
    public string? State { get; init; }

    public string? Cursor { get; init; }

    public string Own => Address(State, Cursor);

    public string? Next => Reported.NextCursor is { } cursor ? Address(State, cursor) : null;

    public string? First => Cursor is null ? null : Address(State, cursor: null);

    public string Address(string? state, string? cursor) =>
        $"/agents?workspace={Uri.EscapeDataString(Desk.Workspace.Slug)}"
        + (state is null ? "" : $"&state={state}")
        + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}");

    public long Count(string? state) => state switch
    {
        "connected" => Reported.Counts.Connected,
        "idle" => Reported.Counts.Idle,
        "stale" => Reported.Counts.Stale,
        "never" => Reported.Counts.Never,
        _ => Reported.Counts.Connected + Reported.Counts.Idle + Reported.Counts.Stale + Reported.Counts.Never,
    };

    /// <summary>Where the card's page is; null for what is no card's name.</summary>
    public static string? PageOf(string? card) => CardKey.Parse(card) is { } key ? $"/board/{key.Prefix}/{key.Number}" : null;
}
