using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Sessions;

/// <summary>Finds the session a call is about: the agent's own alone, as the database has it now.</summary>
internal sealed class SessionLookup(NpgsqlDataSource database, SessionTerms terms)
{
    private const int CandidatesAtMost = 5;
    private const int OpenAtMost = 20;

    // The same project as Policy will find: a current key counts before a former one.
    private const string OnCard =
        $"""
        WITH home AS (
            SELECT project_id FROM grants
            WHERE agent_id = @agentId AND revoked_at IS NULL AND (project_key = @Prefix OR @Prefix = ANY(former_keys))
            ORDER BY project_key = @Prefix DESC LIMIT 1
        )
        SELECT {SessionRow.Columns}, moment.now,
               (SELECT count(*)::int FROM work_sessions AS o WHERE o.agent_id = @agentId AND o.ended_at IS NULL) AS open
        FROM (SELECT clock_timestamp() AS now) AS moment
        LEFT JOIN work_sessions AS s ON s.project_id = (SELECT project_id FROM home) AND s.card_number = @Number
            AND s.ended_at IS NULL AND (s.agent_id = @agentId OR s.started_at IS NOT NULL)
        ORDER BY s.reported_at DESC
        """;

    private const string OfAgent =
        $"""
        SELECT {SessionRow.Columns}, clock_timestamp() AS now
        FROM work_sessions AS s
        WHERE s.agent_id = @agentId AND s.started_at IS NOT NULL AND (@id IS NULL OR s.id = @id)
        ORDER BY s.ended_at IS NULL DESC, coalesce(s.ended_at, s.started_at) DESC LIMIT 6
        """;

    public async Task<SessionFinding?> FindAsync(string agentId, SessionStep step, ToolCall call)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        return step == SessionStep.Open
            ? await OpenAsync(connection, agentId, call)
            : await OngoingAsync(connection, agentId, step, call);
    }

    private async Task<SessionFinding?> OpenAsync(NpgsqlConnection connection, string agentId, ToolCall call)
    {
        // What is no card is refused as such.
        if (!CardKey.TryParse(SessionArguments.Text(call.Arguments, "card"), out var key))
        {
            return null;
        }

        var rows = (await connection.QueryAsync<SessionRow>(OnCard, new { agentId, key.Prefix, key.Number })).AsList();
        var now = rows[0].Now;
        if (rows.Find(row => row.AgentId == agentId) is { } own)
        {
            return own.StartedAt is null ? Begin(own.Id!.Value, call, now) : Ongoing(own, []);
        }

        if (rows[0].Open >= OpenAtMost)
        {
            return SessionFinding.Refused(Reasons.TooManySessions);
        }

        if (rows.Find(row => row.Id is not null) is not { } held)
        {
            return Begin(Guid.CreateVersion7(), call, now);
        }

        // Whose session is stale may be relieved, but only by who says so.
        var isStale = held.ReportedAt < now - terms.Stale;
        var takesOver = call.Arguments.TryGetProperty("takeover", out var said) && said.ValueKind == System.Text.Json.JsonValueKind.True;
        return isStale && takesOver
            ? Begin(Guid.CreateVersion7(), call, now) with { TakesOver = held.Id }
            : SessionFinding.Refused(Reasons.SessionConflict);
    }

    private async Task<SessionFinding?> OngoingAsync(NpgsqlConnection connection, string agentId, SessionStep step, ToolCall call)
    {
        Guid? id = null;
        if (SessionArguments.Text(call.Arguments, "session_id") is { } named)
        {
            if (!Guid.TryParseExact(named, "D", out var parsed))
            {
                return SessionFinding.Refused(Reasons.SessionNotFound);
            }

            id = parsed;
        }

        var rows = (await connection.QueryAsync<SessionRow>(OfAgent, new { agentId, id })).AsList();
        var open = rows.FindAll(row => row.EndedAt is null);
        return (rows, open, id) switch
        {
            ([], _, null) => SessionFinding.Refused(Reasons.NoWorkSession),
            ([], _, _) => SessionFinding.Refused(Reasons.SessionNotFound),
            (_, [var only], _) => Continue(only, step, call),
            // An earlier call, said again, is answered from the ledger whatever became of the session.
            _ when await IsKnownAsync(connection, agentId, call) => Ongoing(rows[0], []),
            (_, [], _) => Ended(rows[0], step, call, id),
            _ => SessionFinding.Refused(Reasons.SessionRequired, Choose(open)),
        };
    }

    private SessionFinding Continue(SessionRow row, SessionStep step, ToolCall call)
    {
        var done = SessionArguments.Numbers(call.Arguments, "done_steps");
        if (done.Length > 0 && (done[0] < 1 || done[^1] > row.Plan.Length))
        {
            return SessionFinding.Refused(
                Reasons.ValidationFailed,
                new ArgumentProblem("done_steps", $"the plan of this session has {row.Plan.Length} steps"));
        }

        var report = step == SessionStep.Close ? SessionArguments.Summary(call.Arguments) : "";
        if (report.Length > SessionArguments.LongestReport)
        {
            return SessionFinding.Refused(
                Reasons.ValidationFailed,
                new ArgumentProblem("summary", $"with next_steps it may have {SessionArguments.LongestReport} characters"));
        }

        var isEcho = step == SessionStep.Report && row.LastKey is not null && row.LastKey != call.IdempotencyKey
            && row.ReportedAt > row.Now - terms.Echo && row.LastFingerprint.AsSpan().SequenceEqual(AdmissionRequests.Fingerprint(call));
        return Ongoing(row, done, report) with { Repeats = isEcho ? LastCall(row) : null };
    }

    private SessionFinding Ended(SessionRow row, SessionStep step, ToolCall call, Guid? id) =>
        step == SessionStep.Close && row is { EndedBecause: "finished", LastKey: not null }
            && (id is not null || row.LastKey == call.IdempotencyKey || row.EndedAt > row.Now - terms.LastWord)
            ? Ongoing(row, []) with { Repeats = LastCall(row) }
            : SessionFinding.Refused(id is null ? Reasons.NoWorkSession : Reasons.SessionEnded);

    private static async Task<bool> IsKnownAsync(NpgsqlConnection connection, string agentId, ToolCall call) =>
        call.IdempotencyKey is { } key && await connection.ExecuteScalarAsync<bool>(
            """
            SELECT EXISTS (
                SELECT FROM idempotency WHERE agent_id = @agentId AND key_digest = @Digest AND state <> 'released')
            """,
            new { agentId, Digest = KeyDigest.Of(agentId, key) });

    private static ArgumentProblem Choose(List<SessionRow> open) => new(
        "session_id", "is required", [.. open.Take(CandidatesAtMost).Select(row => $"{row.Id} ({row.Card})")]);

    private static RepeatedCall LastCall(SessionRow row) => new(row.LastKey!, row.LastFingerprint!);

    private SessionFinding Begin(Guid id, ToolCall call, DateTime now) => new()
    {
        Id = id,
        State = SessionArguments.State(new SessionState
        {
            Goal = SessionArguments.Text(call.Arguments, "goal") ?? "",
            Plan = SessionArguments.Texts(call.Arguments, "plan"),
            StaleAfter = now + terms.Stale,
        }),
    };

    private SessionFinding Ongoing(SessionRow row, int[] done, string report = "") => new()
    {
        Id = row.Id!.Value,
        ProjectId = row.ProjectId,
        Number = row.CardNumber,
        State = SessionArguments.State(new SessionState
        {
            Goal = row.Goal,
            Plan = row.Plan,
            Done = [.. row.Done.Union(done)],
            Report = report,
            StaleAfter = row.Now + terms.Stale,
            Duration = row.Now - (row.StartedAt ?? row.Now),
        }),
    };
}
