using System.Collections.Frozen;
using System.Security.Cryptography;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners;

/// <summary>Agents, their grants and tokens as owners change them; each change is one transaction with its audit event.</summary>
internal sealed class AgentBook(NpgsqlDataSource database, TokenDigests digests, TimeProvider clock)
{
    public static readonly TimeSpan DefaultDrain = TimeSpan.FromSeconds(5);

    private const string IdAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdCharacters = 22;

    private static readonly TimeSpan DrainPause = TimeSpan.FromMilliseconds(25);

    public Task<Agent> CreateAsync(NewAgent request, string actor, CancellationToken cancel) =>
        CreateAsync(request, actor, (_, _) => Task.CompletedTask, cancel);

    /// <param name="finish">What else belongs into the transaction of the new agent.</param>
    public async Task<Agent> CreateAsync(
        NewAgent request, string actor, Func<NpgsqlConnection, Agent, Task> finish, CancellationToken cancel)
    {
        var agent = new Agent
        {
            Id = "ag_" + RandomNumberGenerator.GetString(IdAlphabet, IdCharacters),
            Name = request.Name,
            OwnerId = request.OwnerId,
            OwnerName = request.OwnerName,
            Workspace = request.Workspace,
            Mode = request.Mode,
        };
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // Nobody knows the id yet, but a block of the owner under way must see the agent or be seen by it.
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(key) FROM unnest(@Keys) AS key",
            new { Keys = LockKeys.Sorted(LockKeys.Owner(agent.OwnerId), LockKeys.Agent(agent.Id)) },
            transaction, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO agents (id, name, description, owner_id, owner_name, workspace, mode)
            VALUES (@Id, @Name, @Description, @OwnerId, @OwnerName, @Workspace, @Mode)
            """,
            new
            {
                agent.Id,
                agent.Name,
                request.Description,
                agent.OwnerId,
                agent.OwnerName,
                agent.Workspace,
                Mode = AgentModes.Word(agent.Mode),
            },
            transaction, cancellationToken: cancel));
        foreach (var grant in request.Grants)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO grants (agent_id, project_id, project_key, former_keys, project_name, scopes, bundle)
                VALUES (@AgentId, @ProjectId, @Key, @FormerKeys, @Name, @Scopes, @Bundle)
                """,
                GrantParameters(agent.Id, grant), transaction, cancellationToken: cancel));
        }

        var note = new LifecycleNote("agent_created", actor) { Projects = [.. request.Grants.Select(ToGrant)] };
        await LifecycleEvents.AppendAsync(connection, agent, note, cancel);
        await finish(connection, agent);
        await LedgerDatabase.CommitPatientlyAsync(transaction, cancel);
        return agent;
    }

    /// <summary>Null when there is no such agent or it is revoked.</summary>
    public async Task<IssuedToken?> IssueTokenAsync(
        string agentId, string label, TimeSpan? lifetime, string actor, CancellationToken cancel)
    {
        await using var change = await AuthorityChange.BeginAsync(database, agentId, cancel);
        if (change is null or { Agent.Status: "revoked" })
        {
            return null;
        }

        var token = AgentToken.Create();
        var id = Guid.CreateVersion7();
        var prefix = AgentToken.Prefix(token);
        await change.ExecuteAsync(
            """
            INSERT INTO tokens (id, agent_id, digest, pepper_version, prefix, label, expires_at)
            VALUES (@id, @agentId, @Digest, @Version, @prefix, @label, clock_timestamp() + @lifetime)
            """,
            new { id, agentId, Digest = digests.Of(token), digests.Version, prefix, label, lifetime }, cancel);
        var at = await change.CommitAsync(
            new LifecycleNote("token_issued", actor) { TokenId = id, TokenPrefix = prefix }, cancel);
        return new IssuedToken { Id = id, Token = token, Prefix = prefix, ExpiresAt = at + lifetime };
    }

    /// <summary>
    /// Final: every token of the agent is dead once this returns, on every replica. Null when there is no such agent.
    /// </summary>
    public async Task<Revocation?> RevokeAgentAsync(
        string agentId, string actor, string? cause, TimeSpan drain, CancellationToken cancel)
    {
        DateTimeOffset at;
        await using (var change = await AuthorityChange.BeginAsync(database, agentId, cancel))
        {
            if (change is null)
            {
                return null;
            }

            await change.ExecuteAsync("UPDATE agents SET status = 'revoked' WHERE id = @agentId", new { agentId }, cancel);
            await change.RevokeTokensAsync(tokenId: null, actor, cause, cancel);
            at = await change.CommitAsync(new LifecycleNote("agent_revoked", actor, cause), cancel);
        }

        return new Revocation(at, await DrainAsync(agentId, drain, cancel));
    }

    /// <summary>The token is dead once this returns, on every replica. Null when the agent has no such token.</summary>
    public async Task<Revocation?> RevokeTokenAsync(
        string agentId, Guid tokenId, string actor, string? cause, TimeSpan drain, CancellationToken cancel)
    {
        DateTimeOffset at;
        await using (var change = await AuthorityChange.BeginAsync(database, agentId, cancel))
        {
            if (change is null || !await change.HasTokenAsync(tokenId, cancel))
            {
                return null;
            }

            await change.RevokeTokensAsync(tokenId, actor, cause, cancel);
            at = await change.CommitAsync(new LifecycleNote("token_revoked", actor, cause) { TokenId = tokenId }, cancel);
        }

        return new Revocation(at, await DrainAsync(agentId, drain, cancel));
    }

    /// <summary>
    /// What was admitted before may still be on its way: waits for it, bounded, and says how much is left; null when the
    /// database could not tell. The change itself is durable by then, so that is no failure of it.
    /// </summary>
    public async Task<int?> DrainAsync(string agentId, TimeSpan drain, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var left = await TryInFlightAsync(agentId, cancel);
            if (left == 0 || clock.GetElapsedTime(started) >= drain)
            {
                return left;
            }

            await Task.Delay(DrainPause, clock, cancel);
        }
    }

    private async Task<int?> TryInFlightAsync(string agentId, CancellationToken cancel)
    {
        try
        {
            return await InFlightAsync(agentId, cancel);
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    // A write is on its way while it holds its key; a read until it is settled, or Tasker would refuse it as too late.
    private async Task<int> InFlightAsync(string agentId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            SELECT (SELECT count(*) FROM idempotency
                    WHERE agent_id = @agentId AND state = 'dispatching' AND lease_until > clock_timestamp())
                 + (SELECT count(*) FROM (
                        SELECT FROM (SELECT kind, admission_id, effect, at FROM audit_events
                                     WHERE agent_id = @agentId ORDER BY sequence DESC LIMIT 5000) AS recent
                        WHERE at > clock_timestamp() - interval '11 seconds'
                        GROUP BY admission_id
                        HAVING bool_or(kind = 'admitted' AND effect = 'read') AND NOT bool_or(kind = 'settled')) AS call)
            """,
            new { agentId }, cancellationToken: cancel));
    }

    public static object GrantParameters(string agentId, NewGrant grant) => new
    {
        AgentId = agentId,
        ProjectId = grant.Project.Id,
        grant.Project.Key,
        FormerKeys = grant.Project.FormerKeys.ToArray(),
        grant.Project.Name,
        Scopes = grant.Scopes.Order(StringComparer.Ordinal).ToArray(),
        grant.Bundle,
    };

    public static Grant ToGrant(NewGrant grant) => new()
    {
        ProjectId = grant.Project.Id,
        Key = grant.Project.Key,
        FormerKeys = grant.Project.FormerKeys,
        Name = grant.Project.Name,
        Scopes = grant.Scopes.ToFrozenSet(StringComparer.Ordinal),
    };
}
