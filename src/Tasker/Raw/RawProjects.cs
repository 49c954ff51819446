using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Raw;

/// <summary>Projects and their vocabulary through the raw API.</summary>
internal static class RawProjects
{
    public static async Task<IResult> ListAsync(string slug, NpgsqlDataSource database, CancellationToken cancel)
    {
        var projects = new RawList<RawProject>(await ReadAsync(slug, null, database, cancel));
        return TypedResults.Json(projects, RawJson.Default.RawListRawProject);
    }

    public static async Task<IResult> GetAsync(string slug, Guid project, NpgsqlDataSource database, CancellationToken cancel) =>
        await ReadAsync(slug, project, database, cancel) is [var found]
            ? TypedResults.Json(found, RawJson.Default.RawProject)
            : RawApi.Nothing();

    public static Task<IResult> StatesAsync(string slug, Guid project, NpgsqlDataSource database, CancellationToken cancel) =>
        PartsAsync(
            """
            SELECT id, name, "group", color, sequence, "default" FROM states
            WHERE project_id = @project AND deleted_at IS NULL ORDER BY sequence
            """,
            slug, project, RawJson.Default.RawListRawState, database, cancel);

    public static Task<IResult> LabelsAsync(string slug, Guid project, NpgsqlDataSource database, CancellationToken cancel) =>
        PartsAsync(
            "SELECT id, name, color FROM labels WHERE project_id = @project AND deleted_at IS NULL ORDER BY sort_order",
            slug, project, RawJson.Default.RawListRawLabel, database, cancel);

    public static Task<IResult> MembersAsync(string slug, Guid project, NpgsqlDataSource database, CancellationToken cancel) =>
        PartsAsync(
            """
            SELECT u.id, u.display_name AS displayname, u.email, m.role::int AS role
            FROM project_members m JOIN users u ON u.id = m.member_id
            WHERE m.project_id = @project AND m.deleted_at IS NULL AND m.is_active ORDER BY u.display_name
            """,
            slug, project, RawJson.Default.RawListRawMember, database, cancel);

    private static async Task<IReadOnlyList<RawProject>> ReadAsync(
        string slug, Guid? project, NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<RawProject>(new CommandDefinition(
            """
            SELECT p.id, p.identifier, p.name, p.description, p.workspace_id AS workspace
            FROM projects p JOIN workspaces w ON w.id = p.workspace_id
            WHERE w.slug = @slug AND p.deleted_at IS NULL AND (@project::uuid IS NULL OR p.id = @project)
            ORDER BY p.name
            """,
            new { slug, project },
            cancellationToken: cancel))).AsList();
    }

    private static async Task<IResult> PartsAsync<T>(
        string sql, string slug, Guid project, System.Text.Json.Serialization.Metadata.JsonTypeInfo<RawList<T>> type,
        NpgsqlDataSource database, CancellationToken cancel)
    {
        if (await ReadAsync(slug, project, database, cancel) is not [_])
        {
            return RawApi.Nothing();
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<T>(new CommandDefinition(sql, new { project }, cancellationToken: cancel));
        return TypedResults.Json(new RawList<T>(rows.AsList()), type);
    }
}
