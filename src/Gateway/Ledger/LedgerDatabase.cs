using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Flushes;
using Npgsql;

namespace AgentGateway.Gateway.Ledger;

/// <summary>The pool of the gateway's own database: no statement, lock or connect waits longer than two seconds.</summary>
internal static class LedgerDatabase
{
    /// <summary>Just above what any statement may take, so that the server gives up first; a frozen one is left behind.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    private const int PatienceSeconds = 2;

    public static NpgsqlDataSource Open(Secret connectionString) => Open(connectionString, pooled: true);

    /// <summary>
    /// For the one writer, which keeps its connection until the first error: all its lookups are by primary key, and no plan
    /// made while a table was small may ever read one from end to end.
    /// </summary>
    public static NpgsqlDataSource OpenForWriter(Secret connectionString) => Open(
        connectionString, pooled: RowCommits.On, "-c enable_seqscan=off", "-c enable_hashjoin=off", "-c enable_mergejoin=off",
        "-c plan_cache_mode=force_generic_plan", "-c jit=off");

    private static NpgsqlDataSource Open(Secret connectionString, bool pooled, params string[] options)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString.Reveal())
        {
            Timeout = PatienceSeconds,
            CommandTimeout = PatienceSeconds,
            // A frozen server answers no cancellation either; the connection is dropped at once.
            CancellationTimeout = -1,
            IncludeErrorDetail = false,
            PersistSecurityInfo = false,
            ApplicationName = "agent-gateway",
            // An error in the use that prepares a statement by itself leaves the driver out of step with the server, and the
            // next call on that connection pays for it: statements are not prepared behind our back.
            MaxAutoPrepare = 0,
            // An admission leaves in one write: a process frozen half-way would keep its locks and stall a revoke.
            WriteBufferSize = 32 * 1024,
            Pooling = pooled,
        };
        settings.Options = string.Join(' ',
            new[]
            {
                settings.Options, $"-c lock_timeout={PatienceSeconds}s", $"-c statement_timeout={PatienceSeconds}s",
                "-c idle_in_transaction_session_timeout=5s", "-c synchronous_commit=on",
            }
            .Concat(options)
            .Where(option => !string.IsNullOrWhiteSpace(option)));
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
