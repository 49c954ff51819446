using System.Text;
using Dapper;
using Npgsql;

namespace AgentGateway.Console.Book;

/// <summary>Reads events of calls; every statement is bounded by a page or by the neighbourhood of one event.</summary>
internal sealed class CallReader(NpgsqlDataSource database)
{
    public const int PageSize = 50;

    // Admission, settlement and replays of one call are written close to each other; numbers have gaps.
    private const int Neighbourhood = 20_000;

    public async Task<CallPage> PageAsync(Reader reader, CallFilter filter, CancellationToken cancel)
    {
        var sql = new StringBuilder($"SELECT {CallEvent.Columns} FROM audit_events WHERE true");
        sql.Append(filter.Kind switch
        {
            "calls" => " AND kind IN ('settled', 'refused', 'replayed')",
            "admitted" => " AND kind = 'admitted'",
            "lifecycle" => " AND kind = 'lifecycle'",
            _ => "",
        });
        sql.Append(reader.OwnerId is null ? "" : " AND owner_id = @OwnerId");
        sql.Append(filter.Agent is null ? "" : " AND (agent_id = @Agent OR agent_name = @Agent)");
        sql.Append(filter.Tool is null ? "" : " AND tool = @Tool");
        sql.Append(filter.Decision is null ? "" : " AND decision = @Decision");
        sql.Append(filter.Reason is null ? "" : " AND reason = @Reason");
        sql.Append(filter.From is null ? "" : " AND at >= @From");
        sql.Append(filter.To is null ? "" : " AND at < @To");
        sql.Append(filter.Before is null ? "" : " AND sequence < @Before");
        sql.Append(" ORDER BY sequence DESC LIMIT @Most");
        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = (await connection.QueryAsync<CallEvent>(new CommandDefinition(
            sql.ToString(),
            new
            {
                reader.OwnerId,
                filter.Agent,
                filter.Tool,
                filter.Decision,
                filter.Reason,
                From = filter.From?.UtcDateTime,
                To = filter.To?.UtcDateTime,
                filter.Before,
                Most = PageSize + 1,
            },
            cancellationToken: cancel))).ToList();
        return found.Count > PageSize ? new CallPage(found[..PageSize], found[PageSize - 1].Sequence) : new CallPage(found, null);
    }

    /// <summary>One event with the others of its call, oldest first; empty when there is none for this reader.</summary>
    public async Task<IReadOnlyList<CallEvent>> CallAsync(Reader reader, long sequence, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var asked = await connection.QuerySingleOrDefaultAsync<CallEvent>(new CommandDefinition(
            $"""
            SELECT {CallEvent.Columns} FROM audit_events
            WHERE sequence = @sequence AND (@OwnerId::text IS NULL OR owner_id = @OwnerId)
            """,
            new { sequence, reader.OwnerId }, cancellationToken: cancel));
        if (asked is null || asked.AgentId is null || (asked.AdmissionId is null && asked.RequestId is null))
        {
            return asked is null ? [] : [asked];
        }

        return [.. await connection.QueryAsync<CallEvent>(new CommandDefinition(
            $"""
            SELECT {CallEvent.Columns} FROM audit_events
            WHERE agent_id = @AgentId AND sequence BETWEEN @From AND @To
                AND (admission_id = @AdmissionId OR request_id = @RequestId)
                AND (@OwnerId::text IS NULL OR owner_id = @OwnerId)
            ORDER BY sequence
            LIMIT 20
            """,
            new
            {
                asked.AgentId,
                From = sequence - Neighbourhood,
                To = sequence + Neighbourhood,
                asked.AdmissionId,
                asked.RequestId,
                reader.OwnerId,
            },
            cancellationToken: cancel))];
    }
}
