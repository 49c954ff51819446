using AgentGateway.EndToEnd.Tests.System;
using Npgsql;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>What both databases hold after a run: the words of Codex prove nothing.</summary>
internal sealed class Evidence(RunningSystem system, RunningAgent agent)
{
    public async Task OfOneCardAsync(string title)
    {
        var cards = await RowsAsync(
            system.TaskerData,
            """
            SELECT p.identifier || ' ' || s.name
                || ' ' || (SELECT count(*) FROM issue_comments c WHERE c.issue_id = i.id AND c.agent_id = @agent)
            FROM issues i JOIN projects p ON p.id = i.project_id JOIN states s ON s.id = i.state_id
            WHERE i.name = @title
            """,
            ("title", title), ("agent", agent.Id));
        Assert.Equal([$"{Seed.Granted} In Progress 1"], cards);

        var calls = await RowsAsync(
            system.GatewayData,
            """
            SELECT kind || ' ' || tool || coalesce(' ' || reason, '')
            FROM audit_events
            WHERE agent_id = @agent AND tool IN ('create_card', 'add_comment', 'move_card', 'get_project_context')
            ORDER BY sequence
            """,
            ("agent", agent.Id));
        string[] expected =
        [
            "admitted create_card", "settled create_card", "replayed create_card",
            "admitted add_comment", "settled add_comment",
            "admitted move_card", "settled move_card",
            "refused get_project_context project_not_granted",
        ];
        Assert.Equal(expected, calls);
    }

    public async Task OfBlockWorkAsync(string colleague)
    {
        var text = await RowsAsync(
            system.TaskerData,
            "SELECT description_stripped FROM issues WHERE created_by_agent = @agent",
            ("agent", agent.Id));
        Assert.Matches(@"\AПлан ✅\s+New words\s+one\s+two\s+three\s+Result\s+It works\.\z", Assert.Single(text).Trim());

        var history = await RowsAsync(
            system.TaskerData,
            """
            SELECT verb || ' ' || coalesce(reason, 'card') FROM issue_activities WHERE agent_id = @agent ORDER BY created_at, id
            """,
            ("agent", agent.Id));
        Assert.Equal(["created card", "updated set_checked", "updated replace_text", "updated append"], history);

        var members = await RowsAsync(
            system.TaskerData,
            """
            SELECT u.display_name || ' ' || a.new_value || ' ' || m.role || ' ' || a.reason
            FROM project_activities a
            JOIN users u ON u.id = a.subject_id
            JOIN project_members m ON m.member_id = u.id AND m.project_id = a.project_id
            WHERE a.agent_id = @agent
            """,
            ("agent", agent.Id));
        Assert.Equal([$"{colleague} member 15 Reviews this card."], members);
    }

    private static async Task<List<string>> RowsAsync(
        NpgsqlDataSource data, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = data.CreateCommand(sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
