using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AgentGateway.Tasker.Adapter;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Operations;

/// <summary>What became of a key: done, with its answer, or fenced for good.</summary>
internal sealed record Resolution
{
    public required string State { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public short? Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Body { get; init; }
}

/// <summary>Settles an unknown outcome: answers what the key did, or makes sure that it never does anything.</summary>
internal sealed partial class ResolveOperation(NpgsqlDataSource database)
{
    public async Task RunAsync(HttpContext http)
    {
        var agent = CallerHeaders.AgentId(http.Request);
        var key = http.Request.RouteValues["key"] as string ?? "";
        if (!Key().IsMatch(key))
        {
            throw Refuse.Malformed("The key has 8 to 80 visible ASCII characters.");
        }

        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var stored = await FenceAsync(connection, agent, key);
        await transaction.CommitAsync(CancellationToken.None);
        await stored.WriteAsync(http);
    }

    private static async Task<Outcome> FenceAsync(NpgsqlConnection connection, string agent, string key)
    {
        // Separate statements: the second one's snapshot sees what the first one waited for.
        await connection.ExecuteAsync("SET LOCAL lock_timeout = '5s'");
        await connection.ExecuteAsync(
            "INSERT INTO adapter_operations (agent_id, key, state) VALUES (@agent, @key, 'fenced') ON CONFLICT DO NOTHING",
            new { agent, key });
        var (state, status, body) = await connection.QuerySingleAsync<(string, short?, string?)>(
            "SELECT state, status, body FROM adapter_operations WHERE agent_id = @agent AND key = @key",
            new { agent, key });
        var answer = new Resolution
        {
            State = state,
            Status = status,
            Body = body is null ? null : JsonDocument.Parse(body).RootElement.Clone(),
        };
        return Outcome.Of(StatusCodes.Status200OK, answer, AdapterJson.Wire.Resolution);
    }

    [GeneratedRegex("^[!-~]{8,80}$")]
    private static partial Regex Key();
}
