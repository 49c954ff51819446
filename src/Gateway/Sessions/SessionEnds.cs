using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Sessions;

/// <summary>
/// Ends sessions in the transaction of whatever ended them, each with its audit event; Tasker's comment follows when it can.
/// The caller holds the lock of the agents, or of their owner.
/// </summary>
internal static class SessionEnds
{
    private const string End =
        """
        UPDATE work_sessions AS s
        SET ended_at = clock_timestamp(), ended_because = @because,
            tell_at = CASE WHEN @told OR s.started_at IS NULL THEN NULL ELSE clock_timestamp() END
        FROM agents AS a
        WHERE a.id = s.agent_id AND s.ended_at IS NULL
        """;

    private const string Returning =
        """
        RETURNING s.project_id AS projectid, s.project_key AS projectkey, s.card_number AS number, s.started_at IS NOT NULL AS was,
                  a.id, a.name, a.owner_id AS ownerid, a.owner_name AS ownername, a.workspace
        """;

    /// <summary>Every session of an agent, or those in one project.</summary>
    public static Task OfAgentAsync(
        NpgsqlConnection connection, string agentId, string because, string actor, CancellationToken cancel, Guid? project = null) =>
        EndAsync(
            connection, "a.id = @agentId AND (@project IS NULL OR s.project_id = @project)",
            new { because, told = false, agentId, project }, because, actor, cancel);

    /// <summary>Every session of an owner's agents.</summary>
    public static Task OfOwnerAsync(
        NpgsqlConnection connection, string ownerId, string because, string actor, CancellationToken cancel) =>
        EndAsync(connection, "a.owner_id = @ownerId", new { because, told = false, ownerId }, because, actor, cancel);

    /// <summary>One that Tasker knows the end of already, or has no card for.</summary>
    public static Task EndOneAsync(NpgsqlConnection connection, Guid id, string because, string actor) =>
        EndAsync(connection, "s.id = @id", new { because, told = true, id }, because, actor, CancellationToken.None);

    private static async Task EndAsync(
        NpgsqlConnection connection, string which, object parameters, string because, string actor, CancellationToken cancel)
    {
        var ended = await connection.QueryAsync<Ended>(
            new CommandDefinition($"{End} AND {which} {Returning}", parameters, cancellationToken: cancel));
        // One that was only wished for was nothing to anybody.
        foreach (var session in ended.Where(session => session.Was))
        {
            await session.ToEvent(because, actor).AppendAsync(connection, cancel);
        }
    }

    private sealed record Ended
    {
        public Guid ProjectId { get; init; }

        public string ProjectKey { get; init; } = "";

        public int Number { get; init; }

        public bool Was { get; init; }

        public string Id { get; init; } = "";

        public string Name { get; init; } = "";

        public string OwnerId { get; init; } = "";

        public string OwnerName { get; init; } = "";

        public string Workspace { get; init; } = "";

        public AuditEvent ToEvent(string because, string actor) => new()
        {
            Kind = "lifecycle",
            Decision = "session_ended",
            Cause = because,
            Actor = actor,
            Agent = new Agent
            {
                Id = Id,
                Name = Name,
                OwnerId = OwnerId,
                OwnerName = OwnerName,
                Workspace = Workspace,
                Mode = AgentMode.ReadOnly,
            },
            Projects = [new Grant { ProjectId = ProjectId, Key = ProjectKey, Name = ProjectKey, Scopes = [] }],
            Card = FormattableString.Invariant($"{ProjectKey}-{Number}"),
        };
    }
}
