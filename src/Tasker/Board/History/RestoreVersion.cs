using System.Text.Json.Nodes;
using AgentGateway.Tasker.Blocks;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Board.History;

/// <summary>Gives a card back a text it had, byte by byte; what it has now stays a version, and this becomes a new one.</summary>
internal sealed class RestoreVersion(NpgsqlDataSource database, VersionReader versions)
{
    /// <summary>False when there is no such card or version.</summary>
    public async Task<bool> RunAsync(Guid project, int number, long rev, CancellationToken cancel)
    {
        if (await versions.HtmlAsync(project, number, rev, cancel) is not { } html)
        {
            return false;
        }

        var writer = new JsonObject { ["restored_from"] = rev, ["reason"] = $"restored c{rev}" };
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            SELECT set_config('tasker.writer', @writer, true);
            UPDATE issues SET description_html = @html, description_stripped = @text
            WHERE project_id = @project AND sequence_id = @number AND description_html <> @html
              AND deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
            """,
            new { writer = writer.ToJsonString(), html, text = CardText.ToPlainText(html), project, number },
            cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return true;
    }
}
