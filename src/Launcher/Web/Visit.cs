using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.People;
using Npgsql;

namespace AgentGateway.Launcher.Web;

/// <summary>One request of a person or of the backend in their name: who acts, and the transaction in which everything happens.</summary>
internal sealed record Visit(HttpContext Http, NpgsqlConnection Connection, Actor Actor, CancellationToken Cancel)
{
    /// <summary>What the request brings along, with the members it may have.</summary>
    public required Func<string[], Task<RequestBody>> Body { get; init; }

    public string Route(string name) => (string)Http.Request.RouteValues[name]!;

    public Guid UserId => Guid.TryParseExact(Route("user"), "D", out var id) ? id : throw Refuse.User();

    public Task<RequestBody> BodyAsync(params string[] members) => Body(members);
}

/// <summary>Answers a request inside one transaction; what is not committed was never said.</summary>
internal sealed class VisitFlow(NpgsqlDataSource database, DeliveryBell bell)
{
    /// <summary>For the administrators' backend, which names the acting person and sends JSON.</summary>
    public Task<T> RunAsync<T>(HttpContext http, Func<Visit, Task<T>> act) => RunAsync(
        http,
        connection => Actor.LoadAsync(connection, http.Request, http.RequestAborted),
        members => RequestBody.ReadAsync(http.Request, members, http.RequestAborted),
        act);

    public async Task<T> RunAsync<T>(
        HttpContext http, Func<NpgsqlConnection, Task<Actor>> who, Func<string[], Task<RequestBody>> body, Func<Visit, Task<T>> act)
    {
        var cancel = http.RequestAborted;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var answer = await act(new Visit(http, connection, await who(connection), cancel) { Body = body });
        await transaction.CommitAsync(cancel);
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            bell.Ring();
        }

        return answer;
    }
}
