using System.Text.RegularExpressions;
using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.Web;
using Dapper;
using Npgsql;

namespace AgentGateway.Launcher.People;

/// <summary>Lists and creates people; managers of a client see its people, operators see everyone.</summary>
internal static partial class Users
{
    private const string Columns = "id, email, display_name, is_operator, blocked, blocked_reason, created_at";

    public static async Task<PersonPage> ListAsync(Visit visit)
    {
        var query = new QueryArguments(visit.Http.Request, "cursor", "limit");
        var limit = query.Limit;
        var found = (await visit.Connection.QueryAsync<Person>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM users AS u
            WHERE id > @After AND (@IsOperator OR id = @Self
               OR EXISTS (SELECT FROM client_members AS m WHERE m.user_id = u.id AND m.client_id = ANY (@Managed)))
            ORDER BY id LIMIT @Take
            """,
            new
            {
                After = query.Id("cursor") ?? Guid.Empty,
                visit.Actor.IsOperator,
                Self = Guid.TryParse(visit.Actor.Id, out var self) ? self : Guid.Empty,
                Managed = visit.Actor.ManagedClients.ToArray(),
                Take = limit + 1,
            },
            cancellationToken: visit.Cancel))).AsList();
        var page = found.Take(limit).ToList();
        return new PersonPage(page, found.Count > limit ? page[^1].Id : null);
    }

    public static async Task<Person> GetAsync(Visit visit)
    {
        return await visit.Connection.QuerySingleOrDefaultAsync<Person>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM users AS u
            WHERE id = @UserId AND (@IsOperator OR id::text = @Self
               OR EXISTS (SELECT FROM client_members AS m WHERE m.user_id = u.id AND m.client_id = ANY (@Managed)))
            """,
            new { visit.UserId, visit.Actor.IsOperator, Self = visit.Actor.Id, Managed = visit.Actor.ManagedClients.ToArray() },
            cancellationToken: visit.Cancel)) ?? throw Refuse.User();
    }

    public static async Task<Person> CreateAsync(Visit visit)
    {
        visit.Actor.RequireOperator();
        var body = await visit.BodyAsync("id", "email", "display_name", "is_operator");
        var id = body.Text("id", 36, required: false) is { } text ? ParseId(body, text) : Guid.CreateVersion7();
        var email = body.Text("email", 254, 3)!;
        var name = body.Text("display_name", 120)!;

        // The first person of all must be able to make the others.
        var isOperator = body.Flag("is_operator", otherwise: false) || !Guid.TryParse(visit.Actor.Id, out _);
        if (email.Length >= 3 && !Email().IsMatch(email))
        {
            body.Add("email", "must be an e-mail address");
        }

        body.Check();
        var created = await InsertAsync(visit, id, email, name, isOperator);
        await AuditLog.WriteAsync(visit, new AuditNote("user_created") { UserId = id, Reason = isOperator ? "operator" : "" });
        return created;
    }

    private static async Task<Person> InsertAsync(Visit visit, Guid id, string email, string name, bool isOperator)
    {
        try
        {
            return await visit.Connection.QuerySingleAsync<Person>(new CommandDefinition(
                $"""
                INSERT INTO users (id, email, display_name, is_operator) VALUES (@id, @email, @name, @isOperator)
                RETURNING {Columns}
                """,
                new { id, email, name, isOperator },
                cancellationToken: visit.Cancel));
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw Refuse.Conflict("user_exists", "There is already a user with this id or e-mail address.");
        }
    }

    private static Guid ParseId(RequestBody body, string text)
    {
        if (!Guid.TryParseExact(text, "D", out var id) || id == Guid.Empty)
        {
            body.Add("id", "must be an id");
        }

        return id;
    }

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\z")]
    private static partial Regex Email();
}
