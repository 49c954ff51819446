using System.Collections.Frozen;
using System.Security.Cryptography;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Sessions;
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

    private readonly Drain _drain = new(database, clock);

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
            await SessionEnds.OfAgentAsync(change.Connection, agentId, "agent_revoked", actor, cancel);
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

    public Task<int?> DrainAsync(string agentId, TimeSpan drain, CancellationToken cancel) => _drain.WaitAsync(agentId, drain, cancel);

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
