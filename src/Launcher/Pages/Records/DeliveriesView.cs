using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.Pages.Access;
using AgentGateway.Launcher.Web;

namespace AgentGateway.Launcher.Pages.Records;

/// <summary>A page of the messages to the gateway, newest first, with what became of each.</summary>
public sealed record DeliveriesView(
    string Client, string ClientName, string? State, IReadOnlyList<DeliveryState> Pushes, string? Older,
    IReadOnlyDictionary<string, string> Names)
{
    public string Name(Guid id) => Names.GetValueOrDefault(id.ToString("D"), id.ToString("D"));

    internal static async Task<DeliveriesView> ReadAsync(Visit visit)
    {
        var query = new QueryArguments(visit.Http.Request, "state", "cursor");
        var client = visit.Route("client");
        var state = query.OneOf("state", "pending", "delivered", "superseded");
        var page = await DeliveryList.ReadAsync(visit, new RecordFilter(client, User: null, query.Before, query.Limit), state);
        return new DeliveriesView(
            client,
            await PeopleView.NameAsync(visit, client),
            state,
            page.Pushes,
            page.NextCursor is { } cursor ? $"?{(state is null ? "" : $"state={state}&")}cursor={cursor}" : null,
            await RecordNames.OfAsync(visit, page.Pushes.Select(push => push.User.ToString("D"))));
    }
}
