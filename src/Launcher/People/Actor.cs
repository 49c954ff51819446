using AgentGateway.Launcher.Web;
using Dapper;
using Npgsql;

namespace AgentGateway.Launcher.People;

/// <summary>The person on whose behalf the administrators' backend calls, with what they may do.</summary>
internal sealed record Actor(string Id, bool IsOperator, IReadOnlyDictionary<string, string> Roles)
{
    private const string Header = "X-NodeDC-Actor";

    // An empty Launcher has nobody who could make the first person; this name may, once.
    private const string Bootstrap = "bootstrap";

    public IReadOnlyCollection<string> ManagedClients =>
        [.. Roles.Where(role => role.Value is Member.Root or Member.Admin).Select(role => role.Key)];

    public static async Task<Actor> LoadAsync(NpgsqlConnection connection, HttpRequest request, CancellationToken cancel)
    {
        if (request.Headers[Header] is not [{ Length: > 0 and <= 64 } name])
        {
            throw Refuse.ActorMissing();
        }

        if (name == Bootstrap)
        {
            return await FirstAsync(connection, cancel);
        }

        return Guid.TryParseExact(name, "D", out var id) ? await OfAsync(connection, id, cancel) : throw Refuse.ActorMissing();
    }

    /// <summary>The person as they are now; one who is unknown or blocked acts no more.</summary>
    public static async Task<Actor> OfAsync(NpgsqlConnection connection, Guid id, CancellationToken cancel)
    {
        var person = await connection.QuerySingleOrDefaultAsync<(bool IsOperator, bool Blocked)?>(new CommandDefinition(
            "SELECT is_operator, blocked FROM users WHERE id = @id", new { id }, cancellationToken: cancel));
        if (person is not { Blocked: false } known)
        {
            throw Refuse.Actor();
        }

        var roles = await connection.QueryAsync<(string Client, string Role)>(new CommandDefinition(
            "SELECT client_id, role FROM client_members WHERE user_id = @id", new { id }, cancellationToken: cancel));
        return new Actor(id.ToString("D"), known.IsOperator, roles.ToDictionary(role => role.Client, role => role.Role));
    }

    public void RequireOperator()
    {
        if (!IsOperator)
        {
            throw Refuse.Role("operator");
        }
    }

    /// <summary>Passes those who belong to the client; to everyone else the client does not exist.</summary>
    public void RequireMember(string client)
    {
        if (!IsOperator && !Roles.ContainsKey(client))
        {
            throw Refuse.Client();
        }
    }

    public void RequireManager(string client)
    {
        RequireMember(client);
        if (!IsOperator && Roles[client] is not (Member.Root or Member.Admin))
        {
            throw Refuse.Role("root or admin of the client");
        }
    }

    /// <summary>Passes those who may read a client's records; null: those of all clients.</summary>
    public void RequireView(string? client)
    {
        if (client is null)
        {
            RequireOperator();
        }
        else
        {
            RequireManager(client);
        }
    }

    /// <summary>Nobody but a root or an operator touches a root; nobody but an operator an operator.</summary>
    public bool Outranks(string? role, bool isOperator, string client) =>
        IsOperator || (!isOperator && (role != Member.Root || Roles.GetValueOrDefault(client) == Member.Root));

    private static async Task<Actor> FirstAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(hashtext('launcher bootstrap'))", cancellationToken: cancel));
        var taken = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM users)", cancellationToken: cancel));
        return taken ? throw Refuse.Actor() : new Actor(Bootstrap, IsOperator: true, new Dictionary<string, string>());
    }
}
