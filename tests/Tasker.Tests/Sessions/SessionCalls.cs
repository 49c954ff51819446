using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Sessions;

/// <summary>The calls and looks all tests of work sessions share.</summary>
internal static class SessionCalls
{
    public static Task<Answer> ReportAsync(this AgentClient agent, string card, string session, object? more = null) =>
        agent.PutAsync($"/cards/{card}/work-sessions/{session}", AgentClient.Merge(new { status = "working", goal = "Fix it" }, more));

    public static AgentClient Other(this World world) => world.Agent with { AgentId = "ag_other_" + world.Slug };

    public static Task<int> CommentsAsync(this World world) => world.ScalarAsync<int>(
        "SELECT count(*)::int FROM issue_comments WHERE project_id = @Project AND external_source = 'nodedc-agent' AND deleted_at IS NULL");

    public static Task<string> CommentAsync(this World world, string session, string column = "body_markdown") => world.ScalarAsync<string>(
        $"SELECT {column} FROM issue_comments WHERE project_id = @Project AND external_id = @session",
        new { world.Project, session });

    /// <summary>Lets so many minutes pass since the last report of a session.</summary>
    public static Task<int> AgeAsync(this World world, string session, int minutes) => world.ExecuteAsync(
        "UPDATE work_sessions SET updated_at = updated_at - @minutes * interval '1 minute' WHERE workspace_id = @Workspace AND id = @session",
        new { world.Workspace, session, minutes });
}
