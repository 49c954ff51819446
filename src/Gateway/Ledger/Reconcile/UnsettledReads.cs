using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Reconcile;

/// <summary>
/// Writes one settled event, decision unknown, for each read that was admitted and whose replica died before it said how it
/// ended. A write needs none: its row is settled by Tasker's word.
/// </summary>
internal sealed class UnsettledReads(NpgsqlDataSource database, TimeProvider clock, ILogger<UnsettledReads> log)
    : Recurring(TimeSpan.FromSeconds(30), clock)
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(1);

    private const string TakeSql =
        """
        INSERT INTO sweeps (name, until) VALUES ('reads', clock_timestamp() - @Margin) ON CONFLICT DO NOTHING;
        SELECT until FROM sweeps WHERE name = 'reads' FOR UPDATE SKIP LOCKED
        """;

    private const string FindSql =
        """
        SELECT a.admission_id AS admissionid, a.request_id AS requestid, a.door, a.agent_id AS agentid, a.agent_name AS agentname,
               a.owner_id AS ownerid, a.tool, a.scope
        FROM audit_events AS a
        WHERE a.kind = 'admitted' AND a.effect = 'read' AND a.at >= @since AND a.at < @until
          AND NOT EXISTS (
              SELECT FROM audit_events AS s
              WHERE s.kind = 'settled' AND s.at >= @since AND s.admission_id = a.admission_id)
        """;

    /// <summary>The answer takes ten seconds at most, its event a second more; the rest is for a database that was away.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>One stretch of time, by one replica.</summary>
    /// <returns>Whether there is more to sweep already.</returns>
    public async Task<bool> SweepAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var since = await connection.QuerySingleOrDefaultAsync<DateTime?>(
            new CommandDefinition(TakeSql, new { Margin }, transaction, cancellationToken: cancel));
        if (since is not { } from)
        {
            return false;
        }

        var (until, more) = await connection.QuerySingleAsync<(DateTime, bool)>(new CommandDefinition(
            """
            SELECT least(@from + @LongestStep, clock_timestamp() - @Margin), @from + @LongestStep < clock_timestamp() - @Margin
            """,
            new { from, LongestStep, Margin }, transaction, cancellationToken: cancel));
        if (until <= from)
        {
            return false;
        }

        var lost = await connection.QueryAsync<Lost>(
            new CommandDefinition(FindSql, new { since = from, until }, transaction, cancellationToken: cancel));
        foreach (var read in lost)
        {
            await read.ToEvent().AppendAsync(connection, cancel);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE sweeps SET until = @until WHERE name = 'reads'", new { until }, transaction, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return more;
    }

    protected override async Task RoundAsync(CancellationToken stopping)
    {
        while (await SweepAsync(stopping))
        {
        }
    }

    protected override void Tell(Exception failure) => log.KeepingWaits(failure.GetType().Name);

    private sealed record Lost
    {
        public Guid AdmissionId { get; init; }

        public Guid? RequestId { get; init; }

        public string? Door { get; init; }

        public string? AgentId { get; init; }

        public string? AgentName { get; init; }

        public string? OwnerId { get; init; }

        public string? Tool { get; init; }

        public string? Scope { get; init; }

        public AuditEvent ToEvent() => new()
        {
            Kind = "settled",
            Decision = "unknown",
            Cause = "swept",
            AdmissionId = AdmissionId,
            Origin = RequestId is { } id ? new CallOrigin { RequestId = id, Door = Door ?? "" } : null,
            Agent = AgentId is null ? null : new Policy.Agent
            {
                Id = AgentId,
                Name = AgentName ?? "",
                OwnerId = OwnerId ?? "",
                OwnerName = "",
                Workspace = "",
                Mode = Policy.AgentMode.ReadOnly,
            },
            Tool = Tool,
            Scope = Scope,
            Effect = "read",
        };
    }
}
