using AgentGateway.Gateway.Sessions;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Shows, sets and revokes what an agent may do in one project.</summary>
internal sealed class GrantRoutes(NpgsqlDataSource database, AgentBook book, GrantWishes wishes)
{
    public async Task<OwnerAnswer> ShowAsync(OwnerRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return Answer(await FindAsync(connection, request, cancel));
    }

    public async Task<OwnerAnswer> PutAsync(OwnerRequest request, CancellationToken cancel)
    {
        var reach = request.Body(BodyJson.Default.ReachBody);
        var agent = await AgentAsync(request, cancel);
        var grant = await wishes.ResolveAsync(agent, request.Route("project"), reach, cancel);
        await using var change = await Owned.LiveAsync(database, request, cancel);
        await change.ExecuteAsync(
            """
            INSERT INTO grants (agent_id, project_id, project_key, former_keys, project_name, scopes, bundle)
            VALUES (@AgentId, @ProjectId, @Key, @FormerKeys, @Name, @Scopes, @Bundle)
            ON CONFLICT (agent_id, project_id) DO UPDATE
            SET project_key = excluded.project_key, former_keys = excluded.former_keys, project_name = excluded.project_name,
                scopes = excluded.scopes, bundle = excluded.bundle, revoked_at = NULL
            """,
            AgentBook.GrantParameters(change.Agent.Id, grant), cancel);
        var view = await OwnerReads.GrantAsync(
            change.Connection, request.OwnerId, request.AgentId, grant.Project.Id.ToString(), cancel);
        var note = new LifecycleNote("grant_changed", request.Actor, grant.Bundle ?? string.Join(' ', grant.Scopes.Order(StringComparer.Ordinal)))
        {
            Projects = [AgentBook.ToGrant(grant)],
        };
        await change.CommitAsync(note, request.Key, _ => Answer(view!), cancel);
        return Answer(view!);
    }

    public async Task<OwnerAnswer> RevokeAsync(OwnerRequest request, CancellationToken cancel)
    {
        var (cause, drain) = Owned.Cause(request);
        DateTimeOffset at;
        await using (var change = await Owned.LiveAsync(database, request, cancel))
        {
            var grant = await FindAsync(change.Connection, request, cancel);
            await change.ExecuteAsync(
                """
                UPDATE grants SET revoked_at = coalesce(revoked_at, clock_timestamp())
                WHERE agent_id = @Id AND project_id = @ProjectId
                """,
                new { change.Agent.Id, grant.ProjectId }, cancel);
            await SessionEnds.OfAgentAsync(
                change.Connection, change.Agent.Id, "grant_revoked", request.Actor, cancel, grant.ProjectId);
            var note = new LifecycleNote("grant_revoked", request.Actor, cause) { Projects = [ToGrant(grant)] };
            at = await change.CommitAsync(note, request.Key, moment => Revoked(moment, left: null), cancel);
        }

        return Revoked(at, await book.DrainAsync(request.AgentId, drain, cancel));
    }

    public static OwnerAnswer Revoked(DateTimeOffset at, int? left) =>
        OwnerReply.Json(200, new RevokedAnswer(at, left == 0, left), AnswerJson.Default.RevokedAnswer);

    private async Task<NewAgent> AgentAsync(OwnerRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var view = await Owned.AgentAsync(connection, request, cancel);
        return new NewAgent
        {
            Name = view.Name,
            OwnerId = view.OwnerId,
            OwnerName = view.OwnerName,
            Workspace = view.Workspace,
            Mode = Authenticate.AgentModes.Parse(view.Mode),
            Grants = [],
        };
    }

    private static async Task<GrantView> FindAsync(NpgsqlConnection connection, OwnerRequest request, CancellationToken cancel) =>
        await OwnerReads.GrantAsync(connection, request.OwnerId, request.AgentId, request.Route("project"), cancel)
        ?? throw new RequestRefusedException(Reasons.NotFound);

    private static OwnerAnswer Answer(GrantView view) =>
        OwnerReply.Json(200, new GrantAnswer(view), AnswerJson.Default.GrantAnswer);

    private static Grant ToGrant(GrantView view) => AgentBook.ToGrant(
        new NewGrant(new ResolvedProject(view.ProjectId, view.Project, view.Name, []), view.Scopes, view.Bundle));
}
