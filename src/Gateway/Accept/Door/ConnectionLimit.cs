using Microsoft.AspNetCore.Connections;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>Bounds open connections, in all and of one source, before a byte is read; a trusted proxy speaks for many.</summary>
/// <param name="sources">Who is a trusted proxy.</param>
/// <param name="ofOneSource">0: no limit.</param>
/// <param name="inAll">Of all sources together.</param>
/// <param name="clock">Spaces the sentences in the log.</param>
/// <param name="logger">Hears of closed connections, at most once a second.</param>
internal sealed class ConnectionLimit(Sources sources, int ofOneSource, int inAll, TimeProvider clock, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, int> _open = [];
    private int _all;
    private int _closed;
    private long _told;

    public int Open => _all;

    public ConnectionDelegate Guard(ConnectionDelegate next) => async connection =>
    {
        var address = (connection.RemoteEndPoint as System.Net.IPEndPoint)?.Address;
        var limit = ofOneSource == 0 || sources.IsTrusted(address) ? int.MaxValue : ofOneSource;
        var source = Sources.KeyOf(address);
        if (!TryEnter(source, limit))
        {
            Tell();
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(source);
        }
    };

    private bool TryEnter(UInt128 source, int limit)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(source);
            if (open >= limit || _all >= inAll)
            {
                return false;
            }

            _open[source] = open + 1;
            _all++;
            return true;
        }
    }

    private void Leave(UInt128 source)
    {
        lock (_gate)
        {
            _all--;
            if (--_open[source] == 0)
            {
                _open.Remove(source);
            }
        }
    }

    // A flood must not write the log full.
    private void Tell()
    {
        var closed = Interlocked.Increment(ref _closed);
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        if (Interlocked.Exchange(ref _told, second) != second)
        {
            Interlocked.Add(ref _closed, -closed);
            logger.ClosedConnections(closed);
        }
    }
}
