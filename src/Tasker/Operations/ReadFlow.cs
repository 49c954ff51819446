using AgentGateway.Tasker.Adapter;
using Npgsql;

namespace AgentGateway.Tasker.Operations;

/// <summary>The way of one read: headers, assertion, scope, gate, answer.</summary>
internal sealed class ReadFlow(NpgsqlDataSource database, Gate gate, CallAssertion assertion, ILogger<ReadFlow> log)
{
    public async Task RunAsync(HttpContext http, string scope, Func<HttpContext, Visit, Task<Outcome>> answer, bool projects = true)
    {
        var caller = CallerHeaders.Read(http.Request, projects);
        // Only the question which project a key means is asked before there is a grant, so unsigned.
        if (projects || caller.Projects.Count > 0)
        {
            await assertion.CheckAsync(http.Request, caller);
        }

        caller.Demand(scope);
        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        var visit = await gate.PassAsync(connection, caller, http.RequestAborted);
        var outcome = await answer(http, visit);
        await outcome.WriteAsync(http);
        log.Served(caller.AgentId, caller.Tool, http.Request.Method, http.Request.Path, http.Response.StatusCode);
    }
}
