using Npgsql;

namespace AgentGateway.Launcher.Storage;

/// <summary><c>/healthz</c>: the process runs. <c>/readyz</c>: its database answers and has the schema; no other data.</summary>
internal static class LauncherHealth
{
    public static void MapLauncherHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => TypedResults.Ok(new { status = "ok" }));
        app.MapGet("/readyz", async Task<IResult> (NpgsqlDataSource database, CancellationToken cancel) =>
            await IsReadyAsync(database, cancel)
                ? TypedResults.Ok(new { ready = true })
                : TypedResults.Json(new { ready = false }, statusCode: StatusCodes.Status503ServiceUnavailable));
    }

    private static async Task<bool> IsReadyAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT to_regclass('outbox') IS NOT NULL");
            return await command.ExecuteScalarAsync(cancel) is true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
