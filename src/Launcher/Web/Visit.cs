using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.People;
using Npgsql;

namespace AgentGateway.Launcher.Web;

/// <summary>One request of an administrator: who acts, and the transaction in which everything about it happens.</summary>
internal sealed record Visit(HttpContext Http, NpgsqlConnection Connection, Actor Actor, CancellationToken Cancel)
{
    public string Route(string name) => (string)Http.Request.RouteValues[name]!;

    public Guid UserId => Guid.TryParseExact(Route("user"), "D", out var id) ? id : throw Refuse.User();

    public Task<RequestBody> BodyAsync(params string[] members) => RequestBody.ReadAsync(Http.Request, members, Cancel);
}

/// <summary>Answers a request inside one transaction; what is not committed was never said.</summary>
internal sealed class VisitFlow(NpgsqlDataSource database, DeliveryBell bell)
{
    public async Task RunAsync(HttpContext http, Func<Visit, Task<IResult>> answer)
    {
        var cancel = http.RequestAborted;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var actor = await Actor.LoadAsync(connection, http.Request, cancel);
        var result = await answer(new Visit(http, connection, actor, cancel));
        await transaction.CommitAsync(cancel);
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            bell.Ring();
        }

        await result.ExecuteAsync(http);
    }
}
