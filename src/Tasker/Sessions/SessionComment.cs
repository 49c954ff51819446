using System.Globalization;
using System.Text;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Blocks.Runs;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Sessions;

/// <summary>The one comment of a session: written when it begins, and from then on brought up to date in place.</summary>
internal static class SessionComment
{
    private const string Source = "nodedc-agent";

    /// <summary>False when a person has removed the comment: then it stays removed.</summary>
    public static async Task<bool> WriteAsync(Change change, SessionRow session)
    {
        var markdown = Render(session);
        var html = CardText.ToHtml(markdown);
        return session.CommentId is null
            ? await InsertAsync(change, session, markdown, html)
            : await UpdateAsync(change, session, markdown, html);
    }

    /// <summary>What the agent wrote as plain text stays plain text; its report comes last, so that nothing of it can pose as the rest.</summary>
    public static string Render(SessionRow session)
    {
        var text = new StringBuilder();
        text.Append("**Work session: ").Append(session.Status.Replace('_', ' ')).Append("**\n\n");
        text.Append("Goal: ").Append(Plain(session.Goal, lineStart: false)).Append("\n\n");
        foreach (var step in session.Plan)
        {
            text.Append(step.Done ? "- [x] " : "- [ ] ").Append(Plain(step.Text, lineStart: true)).Append('\n');
        }

        text.Append(session.Plan.Count > 0 ? "\n" : "").Append(Times(session)).Append("\n\n");
        if (session.EndedBecause is { } because)
        {
            text.Append(Plain(because, lineStart: true)).Append("\n\n");
        }

        return session.Progress.Trim() is { Length: > 0 } report
            ? text.Append("**Latest report**\n\n").Append(report).ToString()
            : text.ToString().TrimEnd();
    }

    private static string Times(SessionRow session) => session.FinishedAt is { } end
        ? $"Started {Minute(session.StartedAt)}, finished {Minute(end)} ({Length(end - session.StartedAt)})."
        : $"Started {Minute(session.StartedAt)}, last report {Minute(session.UpdatedAt)}.";

    private static string Minute(DateTime at) => at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Length(TimeSpan time) => time.TotalHours < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min");

    private static string Plain(string text, bool lineStart) => Escape.Targeted(text, inLink: false, lineStart, blockMarks: lineStart);

    private static async Task<bool> InsertAsync(Change change, SessionRow session, string markdown, string html)
    {
        var id = Guid.CreateVersion7();
        await change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO issue_comments (id, issue_id, project_id, comment_html, body_markdown, actor_id, agent_id, agent_name, owner_id,
                                        session_id, external_source, external_id)
            VALUES (@id, @card, @project, @html, @markdown, @Bot, @AgentId, @AgentName, @owner, @session, @Source, @session);
            UPDATE work_sessions SET comment_id = @id WHERE workspace_id = @workspace AND id = @session
            """,
            new
            {
                id,
                card = change.Card.Id,
                project = change.Project.Id,
                html,
                markdown,
                change.Bot,
                change.Visit.Caller.AgentId,
                change.Visit.Caller.AgentName,
                owner = change.Visit.Owner.Id,
                session = session.Id,
                Source,
                workspace = change.Visit.Workspace,
            },
            cancellationToken: change.Visit.Cancel));
        return true;
    }

    private static async Task<bool> UpdateAsync(Change change, SessionRow session, string markdown, string html) =>
        await change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE issue_comments SET comment_html = @html, body_markdown = @markdown, edited_at = clock_timestamp()
            WHERE id = @CommentId AND deleted_at IS NULL
            """,
            new { session.CommentId, html, markdown },
            cancellationToken: change.Visit.Cancel)) > 0;
}
