using System.Globalization;
using System.Threading.Channels;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Reporting;

/// <summary>
/// Looks once a second, for all open streams together, which agents the ledger has something new of. A position is a
/// transaction of the database, so it means the same on every replica: whoever comes back with one misses nothing.
/// </summary>
internal sealed class ChangeFeed(NpgsqlDataSource database, TimeProvider clock, ILogger<ChangeFeed> log) : BackgroundService
{
    /// <summary>Above so many agents at once a stream says to read everything anew.</summary>
    public const int AgentsAtMost = 200;

    private const int StreamsAtMost = 32;
    private const int Unread = 16;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Only what can have no predecessors any more is told: also a transaction that was slow to commit is not passed over.
    private const string Since =
        """
        SELECT e.agent_id AS id, a.workspace, max(e.at) AS at,
               bool_or(e.decision = 'session_ended' OR (e.kind = 'settled' AND e.scope = 'session:report')) AS sessions
        FROM audit_events AS e JOIN agents AS a ON a.id = e.agent_id
        WHERE e.tx >= @from::text::xid8 AND e.tx < @upTo::text::xid8
        GROUP BY e.agent_id, a.workspace
        ORDER BY e.agent_id LIMIT @Most
        """;

    private readonly Lock _lock = new();
    private readonly HashSet<Channel<ChangesAt>> _streams = [];
    private readonly SemaphoreSlim _bell = new(0, 1);

    // Null: nobody listens.
    private ulong? _from;

    /// <summary>Null: as many streams as there may be are open.</summary>
    public ChannelReader<ChangesAt>? Open()
    {
        // A stream that does not read gets the newest; what it missed it learns by reading everything anew.
        var channel = Channel.CreateBounded<ChangesAt>(new BoundedChannelOptions(Unread) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            if (_streams.Count >= StreamsAtMost)
            {
                return null;
            }

            _streams.Add(channel);
            if (_streams.Count == 1 && _bell.CurrentCount == 0)
            {
                _bell.Release();
            }
        }

        return channel.Reader;
    }

    public void Close(ChannelReader<ChangesAt> reader)
    {
        lock (_lock)
        {
            _streams.RemoveWhere(stream => stream.Reader == reader);
        }
    }

    /// <summary>Up to where everything is settled now.</summary>
    public async Task<ulong> NowAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await UpToAsync(connection, cancel);
    }

    /// <summary>Who changed since a position; null: too many to tell, or it is no position.</summary>
    public async Task<ChangesAt?> SinceAsync(ulong from, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var upTo = await UpToAsync(connection, cancel);
        if (from > upTo)
        {
            return null;
        }

        var changes = (await connection.QueryAsync<AgentChange>(new CommandDefinition(
            Since, new { from = Text(from), upTo = Text(upTo), Most = AgentsAtMost + 1 }, cancellationToken: cancel))).AsList();
        return changes.Count > AgentsAtMost ? null : new ChangesAt(from, upTo, changes);
    }

    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _bell.WaitAsync(stoppingToken);
            try
            {
                await FollowAsync(stoppingToken);
                _from = null;
            }
            catch (Exception lost) when (lost is NpgsqlException or TimeoutException)
            {
                // Goes on from where it was: what came meanwhile is told late, and told.
                log.ChangesWait(lost.GetType().Name);
                Ring();
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    // As long as anybody listens.
    private async Task FollowAsync(CancellationToken stopping)
    {
        if (_from is null)
        {
            // A stream may have begun before this, and asks for what lies between.
            _from = await NowAsync(stopping);
            Publish(new ChangesAt(_from.Value, _from.Value, []));
        }

        while (HasStreams())
        {
            await Task.Delay(Pause, clock, stopping);
            var from = _from.Value;
            var found = await SinceAsync(from, stopping) ?? new ChangesAt(from, await NowAsync(stopping), null);
            _from = found.UpTo;
            if (found.Agents is not { Count: 0 })
            {
                Publish(found);
            }
        }
    }

    private void Publish(ChangesAt found)
    {
        lock (_lock)
        {
            foreach (var stream in _streams)
            {
                stream.Writer.TryWrite(found);
            }
        }
    }

    private bool HasStreams()
    {
        lock (_lock)
        {
            return _streams.Count > 0;
        }
    }

    private void Ring()
    {
        lock (_lock)
        {
            if (_streams.Count > 0 && _bell.CurrentCount == 0)
            {
                _bell.Release();
            }
        }
    }

    private static async Task<ulong> UpToAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        ulong.Parse(
            (await connection.ExecuteScalarAsync<string>(new CommandDefinition(
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text", cancellationToken: cancel)))!,
            CultureInfo.InvariantCulture);

    private static string Text(ulong position) => position.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Who changed between two positions; null: too many to tell.</summary>
internal sealed record ChangesAt(ulong From, ulong UpTo, IReadOnlyList<AgentChange>? Agents);
