using System.Globalization;
using Npgsql;

namespace AgentGateway.Support;

/// <summary>A private Postgres of one test process: started on a free loopback port, gone when the process is.</summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Superuser = "postgres";

    private static readonly Lazy<Task<PostgresCluster>> Shared = new(() => StartNewAsync(fsync: false));

    private readonly PostgresFolder _folder;
    private readonly bool _fsync;
    private readonly IReadOnlyList<string> _settings;

    // A test host that has said its results is ended within a tenth of a second, with whatever it would still clear.
    private readonly Reaper _reaper;
    private PostgresProcess? _server;

    private PostgresCluster(PostgresFolder folder, int port, bool fsync, IReadOnlyList<string> settings)
    {
        _folder = folder;
        _fsync = fsync;
        _settings = settings;
        Port = port;
        _reaper = new Reaper(folder.Root);
    }

    public int Port { get; }

    /// <summary>The one cluster most tests share: no fsync, a database per test. Never stop or pause this one.</summary>
    public static Task<PostgresCluster> SharedAsync() => Shared.Value;

    /// <summary>A cluster of the caller's own, for tests that stop it, pause it or need fsync.</summary>
    /// <param name="fsync">Whether a commit waits for the disk.</param>
    /// <param name="settings">More server settings, each as <c>name=value</c>.</param>
    public static async Task<PostgresCluster> StartNewAsync(bool fsync = true, params string[] settings)
    {
        PostgresFolder.RemoveLeftovers();
        var cluster = new PostgresCluster(PostgresFolder.Create(), Loopback.FreePort(), fsync, settings);
        await cluster._folder.InitializeAsync();
        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>Another cluster with all that is in this one now, taken by a base backup and started.</summary>
    public async Task<PostgresCluster> CopyAsync()
    {
        var copy = new PostgresCluster(PostgresFolder.Create(), Loopback.FreePort(), _fsync, _settings);
        await copy._folder.CopyFromAsync(Port);
        await copy.StartAsync();
        return copy;
    }

    /// <summary>A fresh database, empty or a copy of <paramref name="template"/>; answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var name = "t" + Guid.CreateVersion7().ToString("N");
        await using var admin = new NpgsqlConnection(ConnectionString("postgres", pooling: false));
        await admin.OpenAsync();
        await using var create = new NpgsqlCommand($"""CREATE DATABASE "{name}" TEMPLATE "{template}" """, admin);
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name, pooling: true);
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>, on the same port and data.</summary>
    public async Task StartAsync()
    {
        var sync = _fsync ? "on" : "off";
        _server = PostgresProcess.Start(
            "postgres",
            [
                "-D", _folder.Data, "-p", Port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1",
                "-c", "unix_socket_directories=", "-c", "max_connections=300", "-c", "shared_buffers=128MB",
                "-c", $"fsync={sync}", "-c", $"full_page_writes={sync}", "-c", "log_min_messages=fatal",
                .. _settings.SelectMany(setting => (string[])["-c", setting]),
            ],
            _folder.Log);
        _reaper.Watch(_server.Id);
        await WaitUntilItAnswersAsync();
    }

    /// <summary>Stops the server at once, as a crash would (<c>immediate</c>) or closing its connections first.</summary>
    public async Task StopAsync(bool immediate = false)
    {
        if (_server is { } server)
        {
            server.Signal(immediate ? UnixSignal.Quit : UnixSignal.Interrupt);
            await server.WaitForExitAsync();
            _reaper.Forget(server.Id);
            _server = null;
        }
    }

    /// <summary>Freezes every process of the server: connections stay open and nothing answers.</summary>
    public void Pause() => _server?.SignalFamily(UnixSignal.Stop);

    public void Resume() => _server?.SignalFamily(UnixSignal.Continue);

    public async ValueTask DisposeAsync()
    {
        Resume();
        await StopAsync(immediate: true);
        _reaper.Dispose();
    }

    private string ConnectionString(string database, bool pooling) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = Superuser,
        Database = database,
        Pooling = pooling,
        Timeout = 5,
        MaxPoolSize = 40,
        ConnectionIdleLifetime = 5,
        ConnectionPruningInterval = 2,
        IncludeErrorDetail = true,
    }.ConnectionString;

    private async Task WaitUntilItAnswersAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres", pooling: false));
                await connection.OpenAsync(deadline.Token);
                return;
            }
            catch (NpgsqlException) when (_server is { HasExited: false })
            {
                await Task.Delay(50, deadline.Token);
            }
            catch (NpgsqlException failure)
            {
                throw new InvalidOperationException($"Postgres did not start: {File.ReadAllText(_folder.Log)}", failure);
            }
        }
    }
}
