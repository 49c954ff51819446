using System.Text.RegularExpressions;
using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.People;

/// <summary>Lists and creates clients, and shows what contours they have.</summary>
internal static partial class Clients
{
    public static async Task<ClientList> ListAsync(Visit visit)
    {
        _ = new QueryArguments(visit.Http.Request);
        var found = await visit.Connection.QueryAsync<Client>(new CommandDefinition(
            "SELECT id, name, created_at FROM clients WHERE @IsOperator OR id = ANY (@Own) ORDER BY id",
            new { visit.Actor.IsOperator, Own = visit.Actor.Roles.Keys.ToArray() },
            cancellationToken: visit.Cancel));
        return new ClientList([.. found]);
    }

    public static async Task<Client> CreateAsync(Visit visit)
    {
        visit.Actor.RequireOperator();
        var body = await visit.BodyAsync("id", "name");
        var id = body.Text("id", 48, 2)!;
        var name = body.Text("name", 120)!;
        if (id.Length > 1 && !Slug().IsMatch(id))
        {
            body.Add("id", "must be lower-case letters, digits and hyphens");
        }

        body.Check();
        var created = await visit.Connection.QuerySingleOrDefaultAsync<Client>(new CommandDefinition(
            "INSERT INTO clients (id, name) VALUES (@id, @name) ON CONFLICT DO NOTHING RETURNING id, name, created_at",
            new { id, name },
            cancellationToken: visit.Cancel)) ?? throw Refuse.Conflict("client_exists", "There is already a client with this id.");
        await visit.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO contours (client_id, id, name) VALUES (@id, 'operational-core', 'Operational Core')",
            new { id },
            cancellationToken: visit.Cancel));
        await AuditLog.WriteAsync(visit, new AuditNote("client_created") { ClientId = id });
        return created;
    }

    public static async Task<ContourList> ContoursAsync(Visit visit)
    {
        var client = visit.Route("client");
        await RequireAsync(visit, client);
        var found = await visit.Connection.QueryAsync<(string Id, string Name, string Modules)>(new CommandDefinition(
            """
            SELECT c.id, c.name, (SELECT coalesce(string_agg(m.id, ' ' ORDER BY m.id), '') FROM modules AS m WHERE m.contour = c.id)
            FROM contours AS c WHERE c.client_id = @client ORDER BY c.id
            """,
            new { client },
            cancellationToken: visit.Cancel));
        var contours = found.Select(row => new Contour(
            row.Id, row.Name, row.Modules.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        return new ContourList([.. contours]);
    }

    /// <summary>Passes when the client is there and the acting person belongs to it.</summary>
    public static async Task RequireAsync(Visit visit, string client)
    {
        visit.Actor.RequireMember(client);

        // A membership refers to a client that exists; only an operator without one has to be checked.
        if (visit.Actor.Roles.ContainsKey(client))
        {
            return;
        }

        var exists = await visit.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM clients WHERE id = @client)", new { client }, cancellationToken: visit.Cancel));
        if (!exists)
        {
            throw Refuse.Client();
        }
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{1,47}\z")]
    private static partial Regex Slug();
}
