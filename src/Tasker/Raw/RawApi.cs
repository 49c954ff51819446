using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Raw;

/// <summary>The tracker's own wide API, as Plane has it: its key opens everything, so each request is counted.</summary>
internal static class RawApi
{
    public static void MapRawApi(this IEndpointRouteBuilder app, string apiKey)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(apiKey));
        app.MapGet("/api/v1/hits", HitsAsync).AddEndpointFilter((context, next) => AuthorizeAsync(context, next, digest));

        // Counting is the outer filter: a request without a key was still an attempt.
        var raw = app.MapGroup("/api/v1").AddEndpointFilter(CountAsync)
            .AddEndpointFilter((context, next) => AuthorizeAsync(context, next, digest));
        var project = raw.MapGroup("/workspaces/{slug}/projects");
        project.MapGet("/", RawProjects.ListAsync);
        project.MapGet("/{project:guid}/", RawProjects.GetAsync);
        project.MapGet("/{project:guid}/states/", RawProjects.StatesAsync);
        project.MapGet("/{project:guid}/labels/", RawProjects.LabelsAsync);
        project.MapGet("/{project:guid}/members/", RawProjects.MembersAsync);
        project.MapGet("/{project:guid}/issues/", RawIssues.ListAsync);
        project.MapPost("/{project:guid}/issues/", RawIssues.CreateAsync);
        project.MapGet("/{project:guid}/issues/{issue:guid}/", RawIssues.GetAsync);
        project.MapPatch("/{project:guid}/issues/{issue:guid}/", RawIssues.PatchAsync);
        project.MapDelete("/{project:guid}/issues/{issue:guid}/", RawIssues.DeleteAsync);
        project.MapGet("/{project:guid}/issues/{issue:guid}/comments/", RawComments.ListAsync);
        project.MapPost("/{project:guid}/issues/{issue:guid}/comments/", RawComments.CreateAsync);
        raw.MapFallback("/{**rest}", Nothing);
    }

    /// <summary>The answer to anything that is not there, in one shape.</summary>
    public static IResult Nothing() => Refuse(StatusCodes.Status404NotFound, "There is nothing here.");

    public static IResult Refuse(int status, string error) =>
        TypedResults.Json(new RawError(error), RawJson.Default.RawError, statusCode: status);

    private static async ValueTask<object?> AuthorizeAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next, byte[] digest)
    {
        var key = context.HttpContext.Request.Headers["X-API-Key"].ToString();
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return CryptographicOperations.FixedTimeEquals(given, digest)
            ? await next(context)
            : Refuse(StatusCodes.Status401Unauthorized, "Give a valid API key in X-API-Key.");
    }

    private static async ValueTask<object?> CountAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var answer = await next(context);
        var status = (answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        await using var connection = await http.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO raw_api_hits (method, path, status, remote, user_agent)
            VALUES (@Method, @Path, @Status, @Remote, @UserAgent)
            """,
            new
            {
                http.Request.Method,
                Path = http.Request.Path.Value,
                Status = (short)status,
                Remote = http.Connection.RemoteIpAddress?.ToString(),
                UserAgent = http.Request.Headers.UserAgent.ToString(),
            });
        return answer;
    }

    private static async Task<IResult> HitsAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<RawHit>(new CommandDefinition(
            "SELECT method, status::int, count(*) AS count FROM raw_api_hits GROUP BY method, status ORDER BY method, status",
            cancellationToken: cancel));
        var hits = rows.AsList();
        return TypedResults.Json(new RawHits(hits.Sum(hit => hit.Count), hits), RawJson.Default.RawHits);
    }
}
