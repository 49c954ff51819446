using AgentGateway.Launcher.Pages.Access;
using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Pages.Home;

/// <summary>A contour of a client and the modules it holds.</summary>
public sealed record HomeContour(string Id, string Name, IReadOnlyList<string> Modules);

/// <summary>One client as this person sees it; without a place in it there is no access of their own to show.</summary>
public sealed record HomeClient(string Id, string Name, bool Manages, IReadOnlyList<HomeContour> Contours, AccessRow? Own);

/// <summary>Everything the signed-in person belongs to, and where they can go from here.</summary>
public sealed record HomeView(bool IsOperator, IReadOnlyList<string> Partners, IReadOnlyList<HomeClient> Clients)
{
    // An operator of many clients finds the others by their address.
    private const int Most = 24;

    internal static async Task<HomeView> ReadAsync(Visit visit, IReadOnlyList<string> partners)
    {
        var clients = (await People.Clients.ListAsync(visit)).Clients.Take(Most).ToList();
        var own = await AccessRows.ReadAsync(visit, client: null, Guid.Parse(visit.Actor.Id), Guid.Empty, Most);
        var contours = (await visit.Connection.QueryAsync<(string Client, string Id, string Name, string Modules)>(new CommandDefinition(
            """
            SELECT c.client_id, c.id, c.name,
                   (SELECT coalesce(string_agg(m.id, ' ' ORDER BY m.id), '') FROM modules AS m WHERE m.contour = c.id)
            FROM contours AS c WHERE c.client_id = ANY (@Ids) ORDER BY c.client_id, c.id
            """,
            new { Ids = clients.Select(client => client.Id).ToArray() },
            cancellationToken: visit.Cancel))).ToLookup(
                row => row.Client,
                row => new HomeContour(row.Id, row.Name, row.Modules.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        return new HomeView(visit.Actor.IsOperator, partners, [.. clients.Select(client => new HomeClient(
            client.Id,
            client.Name,
            visit.Actor.IsOperator || visit.Actor.ManagedClients.Contains(client.Id),
            [.. contours[client.Id]],
            own.Find(row => row.Client == client.Id)))]);
    }
}
