using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.Pages.Access;
using AgentGateway.Launcher.Web;

namespace AgentGateway.Launcher.Pages.Records;

/// <summary>A page of the audit, newest first, with the names of those it is about.</summary>
public sealed record ChangesView(
    string? Client, string? ClientName, Guid? User, IReadOnlyList<AuditEntry> Entries, string? Older,
    IReadOnlyDictionary<string, string> Names)
{
    public string Name(string id) => Names.GetValueOrDefault(id, id);

    internal static async Task<ChangesView> ReadAsync(Visit visit)
    {
        var query = new QueryArguments(visit.Http.Request, "user", "cursor");
        var client = visit.Http.Request.RouteValues.ContainsKey("client") ? visit.Route("client") : null;
        var filter = new RecordFilter(client, query.Id("user"), query.Before, query.Limit);
        var page = await AuditLog.ReadAsync(visit, filter);
        var names = await RecordNames.OfAsync(visit, page.Entries.SelectMany(entry => (string?[])[entry.Actor, entry.User?.ToString("D")]));
        return new ChangesView(
            client,
            client is null ? null : await PeopleView.NameAsync(visit, client),
            filter.User,
            page.Entries,
            page.NextCursor is { } cursor ? $"?{(filter.User is { } user ? $"user={user:D}&" : "")}cursor={cursor}" : null,
            names);
    }
}
