using AgentGateway.Launcher.People;
using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Pages.Access;

/// <summary>The people of a client with their access, and the one whose dialog is open.</summary>
public sealed record PeopleView(
    string Client, string ClientName, IReadOnlyList<AccessRow> People, AccessRow? Open, Guid? NextCursor)
{
    private const int PageSize = 50;

    /// <summary>Whether the dialog is about the one who looks at it.</summary>
    public bool IsSelf { get; private init; }

    /// <summary>Whether this person is within reach of the one who looks at them.</summary>
    public bool MayChange { get; private init; }

    internal static Task<PeopleView> ReadAsync(Visit visit) => ReadAsync(visit, open: null);

    internal static Task<PeopleView> ReadOneAsync(Visit visit) => ReadAsync(visit, visit.UserId);

    private static async Task<PeopleView> ReadAsync(Visit visit, Guid? open)
    {
        var query = new QueryArguments(visit.Http.Request, "cursor");
        var client = visit.Route("client");
        await Clients.RequireAsync(visit, client);
        visit.Actor.RequireManager(client);
        var rows = await AccessRows.ReadAsync(visit, client, user: null, query.Id("cursor") ?? Guid.Empty, PageSize + 1);
        var people = rows.Take(PageSize).ToList();
        var shown = open is null ? null
            : rows.Find(row => row.User == open)
                ?? (await AccessRows.ReadAsync(visit, client, open, Guid.Empty, 1)).SingleOrDefault()
                ?? throw Refuse.User();
        var isSelf = shown?.User.ToString("D") == visit.Actor.Id;
        return new PeopleView(
            client, await NameAsync(visit, client), people, shown, rows.Count > PageSize ? people[^1].User : null)
        {
            IsSelf = isSelf,
            MayChange = shown is not null && visit.Actor.Outranks(shown.Role, shown.IsOperator && !isSelf, client),
        };
    }

    internal static async Task<string> NameAsync(Visit visit, string client) =>
        await visit.Connection.QuerySingleAsync<string>(new CommandDefinition(
            "SELECT name FROM clients WHERE id = @client", new { client }, cancellationToken: visit.Cancel));
}
