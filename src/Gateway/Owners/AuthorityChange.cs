using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners;

/// <summary>
/// A transaction that changes what an agent may do: the agent's lock exclusively, the change, the version, the audit event.
/// Once it is committed, no admission on any replica rests on the old authority.
/// </summary>
internal sealed class AuthorityChange : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private AuthorityChange(NpgsqlConnection connection, NpgsqlTransaction transaction, AgentRow agent)
    {
        _connection = connection;
        _transaction = transaction;
        Agent = agent;
    }

    /// <summary>As it is under the lock.</summary>
    public AgentRow Agent { get; }

    /// <summary>For reads within the transaction.</summary>
    public NpgsqlConnection Connection => _connection;

    /// <summary>Null when there is no such agent, or another than the named owner has it.</summary>
    public static async Task<AuthorityChange?> BeginAsync(
        NpgsqlDataSource database, string agentId, CancellationToken cancel, string? ownerId = null)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        var transaction = await connection.BeginTransactionAsync(cancel);

        await LedgerDatabase.LockPatientlyAsync(transaction, LockKeys.Agent(agentId), cancel);
        var agent = await connection.QuerySingleOrDefaultAsync<AgentRow>(new CommandDefinition(
            """
            SELECT id, name, owner_id AS OwnerId, owner_name AS OwnerName, workspace, mode, status
            FROM agents WHERE id = @agentId
            """,
            new { agentId }, transaction, LedgerDatabase.ChangeSeconds, cancellationToken: cancel));
        if (agent is not null && (ownerId is null || agent.OwnerId == ownerId))
        {
            return new AuthorityChange(connection, transaction, agent);
        }

        await transaction.DisposeAsync();
        await connection.DisposeAsync();
        return null;
    }

    public Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancel) =>
        _connection.ExecuteAsync(new CommandDefinition(
            sql, parameters, _transaction, LedgerDatabase.ChangeSeconds, cancellationToken: cancel));

    public Task<bool> HasTokenAsync(Guid tokenId, CancellationToken cancel) =>
        _connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM tokens WHERE id = @tokenId AND agent_id = @Id)",
            new { tokenId, Agent.Id }, _transaction, cancellationToken: cancel));

    /// <summary>Ends one token of the agent, or all; one that is revoked already keeps who did it, when and why.</summary>
    public Task RevokeTokensAsync(Guid? tokenId, string actor, string? cause, CancellationToken cancel) => ExecuteAsync(
        """
        UPDATE tokens SET revoked_at = clock_timestamp(), revoked_by = @actor, reason = @cause
        WHERE agent_id = @Id AND revoked_at IS NULL AND (@tokenId IS NULL OR id = @tokenId)
        """,
        new { Agent.Id, tokenId, actor, cause }, cancel);

    /// <summary>Raises the version and appends the lifecycle event, in the same transaction as the change.</summary>
    /// <returns>When it happened, by the database clock.</returns>
    public Task<DateTimeOffset> CommitAsync(LifecycleNote note, CancellationToken cancel) => CommitAsync(note, null, null, cancel);

    /// <summary>As above; with a key, what <paramref name="answer"/> says is kept for repeats in the same transaction.</summary>
    public async Task<DateTimeOffset> CommitAsync(
        LifecycleNote note, OwnerKey? key, Func<DateTimeOffset, OwnerAnswer>? answer, CancellationToken cancel)
    {
        await ExecuteAsync(
            "UPDATE agents SET authority_version = authority_version + 1 WHERE id = @Id", new { Agent.Id }, cancel);
        await LifecycleEvents.AppendAsync(_connection, Agent.ToAgent(), note, cancel);
        var at = await _connection.ExecuteScalarAsync<DateTime>(
            new CommandDefinition("SELECT clock_timestamp()", transaction: _transaction, cancellationToken: cancel));
        var moment = new DateTimeOffset(at, TimeSpan.Zero);
        if (key is not null && answer is not null)
        {
            await StoredAnswers.KeepAsync(_connection, key, answer(moment), cancel);
        }

        await LedgerDatabase.CommitPatientlyAsync(_transaction, cancel);
        return moment;
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

/// <summary>An agent's row.</summary>
internal sealed record AgentRow(
    string Id, string Name, string OwnerId, string OwnerName, string Workspace, string Mode, string Status)
{
    public Agent ToAgent() => new()
    {
        Id = Id,
        Name = Name,
        OwnerId = OwnerId,
        OwnerName = OwnerName,
        Workspace = Workspace,
        Mode = Authenticate.AgentModes.Parse(Mode),
    };
}
