using AgentGateway.Support;
using AgentGateway.Tasker.Seed;
using AgentGateway.Tasker.Storage;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentGateway.Tasker.Tests.Board;

/// <summary>A whole Tasker on a free port with a seeded database of its own.</summary>
public sealed class BoardTracker : IAsyncLifetime
{
    private const string Secret = "only-for-tests-0123456789abcdef-0123";
    private WebApplication? _app;

    public string RawApiKey => Secret;

    public NpgsqlDataSource Database { get; private set; } = NpgsqlDataSource.Create("Host=127.0.0.1");

    public HttpClient Http { get; } = new();

    public async Task InitializeAsync()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var database = await cluster.CreateDatabaseAsync();
        await Migrator.ApplyAsync(database, CancellationToken.None);
        Database = NpgsqlDataSource.Create(database);
        await new TrackerSeed(Database, TimeProvider.System).RunAsync(CancellationToken.None);
        _app = TaskerHost.Build(new TaskerSettings
        {
            Urls = "http://127.0.0.1:0",
            Database = database,
            InternalTokens = [Secret],
            RawApiKey = Secret,
            PublicUrl = new Uri("http://127.0.0.1"),
            LogLevel = "Error",
        });
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        Http.BaseAddress = new Uri(addresses!.Addresses.Single());
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        if (_app is { } app)
        {
            await app.DisposeAsync();
        }

        await Database.DisposeAsync();
    }

    public async Task<T?> AskAsync<T>(string sql, object? values = null)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<T>(sql, values);
    }

    public Task SetAsync(string card, string column, object value) => AskAsync<int>(
        $"UPDATE issues SET {column} = @value WHERE id = @id",
        new { value, id = SeedIds.Of(card) });

    /// <summary>What the adapter does when an agent moves a card: the effect and its history in one transaction.</summary>
    public Task MoveAsAgentAsync(int number, string state, string agent = "Codex · laptop") => AskAsync<int>(
        """
        WITH moved AS (
            UPDATE issues i SET state_id = s.id
            FROM states s JOIN projects p ON p.id = s.project_id
            WHERE p.identifier = 'NDC' AND s.name = @state AND i.project_id = p.id AND i.sequence_id = @number
            RETURNING i.id, i.project_id)
        INSERT INTO issue_activities (id, issue_id, project_id, actor_id, agent_id, agent_name, owner_id, verb, field, new_value)
        SELECT gen_random_uuid(), id, project_id, @owner, 'agt_test', @agent, @owner, 'updated', 'state', @state FROM moved
        """,
        new { number, state, agent, owner = SeedIds.Owner });
}
