using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Flushes;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Ledger;

/// <summary>
/// The pool of the gateway's own database: no statement, lock or connect of a call waits longer than two seconds. What changes an
/// authority waits longer: a disk that stalls for a moment must not turn a revoke into an error.
/// </summary>
internal static class LedgerDatabase
{
    /// <summary>Just above what any statement may take, so that the server gives up first; a frozen one is left behind.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    /// <summary>How long one statement of a change of authority may take, its commit too; just above what the server is told.</summary>
    public const int ChangeSeconds = 11;

    private const int PatienceSeconds = 2;

    public static NpgsqlDataSource Open(Secret connectionString) => Open(connectionString, pooled: true);

    /// <summary>
    /// For the one writer, which keeps its connection until the first error: all its lookups are by primary key, and no plan
    /// made while a table was small may ever read one from end to end.
    /// </summary>
    public static NpgsqlDataSource OpenForWriter(Secret connectionString) => Open(
        connectionString, pooled: RowCommits.On, "-c enable_seqscan=off", "-c enable_hashjoin=off", "-c enable_mergejoin=off",
        "-c plan_cache_mode=force_generic_plan", "-c jit=off");

    /// <summary>
    /// The lock exclusively, behind admissions under way, which take milliseconds; it queues fairly. The rest of the transaction is
    /// as patient.
    /// </summary>
    public static async Task LockPatientlyAsync(NpgsqlTransaction transaction, long key, CancellationToken cancel)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT set_config('lock_timeout', '5s', true), set_config('statement_timeout', '10s', true)",
            transaction: transaction, commandTimeout: ChangeSeconds, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(@key)", new { key }, transaction, ChangeSeconds, cancellationToken: cancel));
    }

    /// <summary>A commit that waits for its disk as long as the rest may; the driver's own knows only the pool's two seconds.</summary>
    public static Task CommitPatientlyAsync(NpgsqlTransaction transaction, CancellationToken cancel) =>
        transaction.Connection!.ExecuteAsync(
            new CommandDefinition("COMMIT", transaction: transaction, commandTimeout: ChangeSeconds, cancellationToken: cancel));

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
