using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Cards;
using AgentGateway.Tasker.Projects;
using Npgsql;

namespace AgentGateway.Tasker.Operations;

/// <summary>What a write asks for: its scope, its body, its place and what it does there.</summary>
internal sealed record Write<TRequest>(
    string? Scope, Func<RequestBody, TRequest> Read, Func<Change, TRequest, Task<Outcome>> Effect);

/// <summary>The way of one write, one transaction: gate, lock, project, key, effect, history, stored answer.</summary>
internal sealed class WriteFlow(NpgsqlDataSource database, Gate gate, CallAssertion assertion, ILogger<WriteFlow> log)
{
    public Task OnCardAsync<TRequest>(HttpContext http, Write<TRequest> write) =>
        RunAsync(http, write, async visit =>
        {
            var key = CardKey.FromRoute(http);
            var project = await ProjectRow.OfCardAsync(visit, key);
            var card = await CardRow.LockAsync(visit, project, key.Number);
            return new Place(project, card ?? throw Refuse.Card(key.ToString()));
        });

    public Task OnProjectAsync<TRequest>(HttpContext http, Write<TRequest> write) =>
        RunAsync(http, write, async visit => new Place(await ProjectRow.FromRouteAsync(visit, http), Card: null));

    private async Task RunAsync<TRequest>(HttpContext http, Write<TRequest> write, Func<Visit, Task<Place>> arrive)
    {
        var caller = CallerHeaders.Read(http.Request, projects: true);
        await assertion.CheckAsync(http.Request, caller);
        // Null: what the body asks for decides, and the effect demands it.
        if (write.Scope is { } scope)
        {
            caller.Demand(scope);
        }

        var key = CallerHeaders.IdempotencyKey(http.Request);
        // A client that hangs up must not undo half of what it asked for; the statement timeouts bound the work instead.
        var cancel = CancellationToken.None;
        var body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        var request = write.Read(body);
        body.Check();

        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await BoundAsync(connection, transaction, cancel);
        var visit = await gate.PassAsync(connection, caller, cancel);
        var place = await arrive(visit);
        var claim = new Claim(caller.AgentId, key, Fingerprint.Of(http.Request, body.Root));
        var outcome = await claim.TakeAsync(visit);
        if (outcome is null)
        {
            var change = await EnterAsync(http, visit, place);
            if (write.Scope is { } needed)
            {
                change.Demand(needed);
            }

            outcome = await write.Effect(change, request);
            await claim.SettleAsync(visit, outcome);
        }

        await transaction.CommitAsync(cancel);
        await outcome.WriteAsync(http);
        log.Served(caller.AgentId, caller.Tool, http.Request.Method, http.Request.Path, http.Response.StatusCode);
    }

    private static async Task<Change> EnterAsync(HttpContext http, Visit visit, Place place) => new()
    {
        Visit = visit,
        Project = place.Project,
        // Archived and deleted cards answer a replay of what was done to them, and nothing else.
        Locked = place.Card is { Visible: false } hidden ? throw Refuse.Card(hidden.Key) : place.Card,
        Bot = await Bots.OfAsync(visit),
        IfMatch = http.Request.Headers.IfMatch is [{ } tag] ? tag : null,
    };

    // Below the gateway's ten seconds, so that an answer exists before it stops waiting.
    private static async Task BoundAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var bound = new NpgsqlCommand("SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '6s'", connection, transaction);
        await bound.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Place(ProjectRow Project, CardRow? Card);
}
