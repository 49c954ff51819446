using System.Text.Json.Serialization;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Commands.Audit;

/// <summary>Reads the end of the book, and then whatever is added, each event once.</summary>
internal sealed class AuditTail(NpgsqlDataSource database)
{
    // Numbers are given before their rows commit: each look goes back this far for those not visible before.
    private const int Overlap = 1000;

    private const string Columns =
        """
        sequence, at, kind, agent_name AS AgentName, tool, card, project_key AS ProjectKey, decision, reason, cause,
        request_id AS RequestId, count, remote_address AS RemoteAddress
        """;

    private readonly HashSet<long> _shown = [];
    private long _last;

    /// <summary>The last events, oldest first.</summary>
    public async Task<IReadOnlyList<AuditLine>> LastAsync(int lines, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var newest = (await connection.QueryAsync<AuditLine>(new CommandDefinition(
            $"SELECT {Columns} FROM audit_events ORDER BY sequence DESC LIMIT @Most",
            new { Most = Math.Max(lines, Overlap) }, cancellationToken: cancel))).ToList();
        newest.ForEach(Remember);
        return [.. newest.Take(lines).Reverse()];
    }

    /// <summary>What was added since, in the order of the book.</summary>
    public async Task<IReadOnlyList<AuditLine>> NextAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = await connection.QueryAsync<AuditLine>(new CommandDefinition(
            $"SELECT {Columns} FROM audit_events WHERE sequence > @From ORDER BY sequence",
            new { From = _last - Overlap }, cancellationToken: cancel));
        var added = found.Where(line => !_shown.Contains(line.Sequence)).ToList();
        added.ForEach(Remember);
        _shown.RemoveWhere(sequence => sequence <= _last - Overlap);
        return added;
    }

    private void Remember(AuditLine line)
    {
        _shown.Add(line.Sequence);
        _last = Math.Max(_last, line.Sequence);
    }
}

/// <summary>One event as it is shown.</summary>
internal sealed record AuditLine
{
    public long Sequence { get; init; }

    public DateTime At { get; init; }

    public required string Kind { get; init; }

    public string? AgentName { get; init; }

    public string? Tool { get; init; }

    public string? Card { get; init; }

    public string? ProjectKey { get; init; }

    public required string Decision { get; init; }

    public string? Reason { get; init; }

    public string? Cause { get; init; }

    public Guid? RequestId { get; init; }

    public int Count { get; init; }

    public string? RemoteAddress { get; init; }

    /// <summary>Time, kind, agent, tool, place, decision, reason, request: one line, whatever the event's texts hold.</summary>
    public string Format(bool colours)
    {
        var decision = colours ? $"\e[{Colour}m{Plain(Decision),-10}\e[0m" : $"{Plain(Decision),-10}";
        var why = string.Join(": ", new[] { Reason, Cause }.OfType<string>().Select(Plain));
        var times = Count > 1 ? $" ×{Count}" : "";
        return $"{At:yyyy-MM-dd HH:mm:ss.fff}  {Kind,-9}  {Plain(AgentName ?? RemoteAddress ?? "-"),-16}  "
            + $"{Plain(Tool ?? "-"),-22}  "
            + $"{Plain(Card ?? ProjectKey ?? "-"),-9}  {decision}  {why}{times}  {RequestId?.ToString() ?? "-"}";
    }

    private string Colour => Decision switch
    {
        "allow" or "succeeded" or "replay" => "32",
        "deny" or "failed" => "31",
        "in_doubt" or "released" => "33",
        _ => "36",
    };

    // A stranger chose the tool's name: it must not steer the reader's terminal.
    private static string Plain(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}

/// <summary>Events for programs, with the columns' names and nothing that is not there.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditLineJson : JsonSerializerContext;
