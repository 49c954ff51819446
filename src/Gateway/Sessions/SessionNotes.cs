using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Sessions;

/// <summary>
/// Notes what a call will change of its session before the call is admitted, so that whoever learns the call's outcome, this
/// process or another, can make the change once, or drop it.
/// </summary>
internal sealed class SessionNotes(NpgsqlDataSource database, SessionChanges changes)
{
    private const string Wish =
        """
        INSERT INTO work_sessions (id, agent_id, project_id, project_key, card_number, goal, plan)
        VALUES (@Id, @AgentId, @ProjectId, @ProjectKey, @Number, @Goal, @Plan)
        ON CONFLICT (id) DO UPDATE SET goal = excluded.goal, plan = excluded.plan WHERE work_sessions.started_at IS NULL
        """;

    private const string Note =
        """
        INSERT INTO work_session_changes
            (agent_id, key_digest, session_id, step, status, done, outcome, takes_over, last_key, fingerprint)
        VALUES (@AgentId, @KeyDigest, @Id, @Step, @Status, @Done, @Outcome, @TakesOver, @Key, @Fingerprint)
        ON CONFLICT (agent_id, key_digest) DO NOTHING
        """;

    /// <returns>
    /// Whether it is new; false: an earlier attempt under the key has noted it. Null: another call of the agent has begun a
    /// session on the card meanwhile.
    /// </returns>
    public async Task<bool?> NoteAsync(AdmissionRequest request)
    {
        var (permit, session) = (request.Permit, request.Permit.Call.Session!);
        var (key, arguments) = (request.IdempotencyKey!, request.Permit.Call.Arguments);
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var row = new
        {
            session.Id,
            AgentId = permit.Authority.Agent.Id,
            permit.Projects[0].ProjectId,
            ProjectKey = permit.Projects[0].Key,
            permit.Card!.Value.Number,
            Goal = session.State.GetProperty("goal").GetString(),
            Plan = session.State.GetProperty("plan").EnumerateArray().Select(one => one.GetProperty("text").GetString()!).ToArray(),
            KeyDigest = KeyDigest.Of(permit.Authority.Agent.Id, key),
            Step = Word(permit.Rule.Session),
            Status = SessionArguments.Text(arguments, "status") ?? "working",
            Done = SessionArguments.Numbers(arguments, "done_steps"),
            Outcome = SessionArguments.Text(arguments, "outcome"),
            session.TakesOver,
            Key = key,
            request.Fingerprint,
        };
        try
        {
            if (permit.Rule.Session == SessionStep.Open)
            {
                await connection.ExecuteAsync(Wish, row, transaction);
            }

            var isNew = await connection.ExecuteAsync(Note, row, transaction) == 1;
            await transaction.CommitAsync(CancellationToken.None);
            return isNew;
        }
        catch (PostgresException second) when (second.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation)
        {
            return null;
        }
    }

    /// <summary>The call was not admitted: nothing will come of it.</summary>
    public async Task DropAsync(string agentId, byte[] keyDigest)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            "DELETE FROM work_session_changes WHERE agent_id = @agentId AND key_digest = @keyDigest", new { agentId, keyDigest });
    }

    /// <summary>The call's outcome is settled; one in doubt changes nothing yet.</summary>
    public Task ConcludeAsync(AdmissionRequest request, Outcome outcome) => outcome.Kind == OutcomeKind.InDoubt
        ? Task.CompletedTask
        : changes.MakeAsync(new SettledChange(
            request.Permit.Authority.Agent.Id,
            KeyDigest.Of(request.Permit.Authority.Agent.Id, request.IdempotencyKey!),
            outcome.Kind, outcome.Reason == Reasons.CardNotFound));

    private static string Word(SessionStep step) => step switch
    {
        SessionStep.Open => "open",
        SessionStep.Report => "report",
        SessionStep.Close => "close",
        _ => throw new InvalidOperationException($"No word for {step}."),
    };
}
