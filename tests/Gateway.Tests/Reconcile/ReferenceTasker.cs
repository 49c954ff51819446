using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Support;
using AgentGateway.Tasker;
using AgentGateway.Tasker.Storage;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Reconcile;

/// <summary>The real reference Tasker on a real database, with the project and the owner that the gateway's test agent has.</summary>
internal sealed class ReferenceTasker(WebApplication app, string database) : IAsyncDisposable
{
    public static readonly Guid Anna = Guid.Parse("bbbbbbbb-1111-4111-8111-111111111111");

    private static readonly Guid Workspace = Guid.Parse("cccccccc-1111-4111-8111-111111111111");

    public Uri Address => new(app.Urls.First());

    public static async Task<ReferenceTasker> StartAsync()
    {
        var database = await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync();
        await Migrator.ApplyAsync(database, CancellationToken.None);
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO workspaces (id, slug, name) VALUES (@Workspace, 'nodedc', 'Test');
                INSERT INTO features (workspace_id, agents_enabled) VALUES (@Workspace, true);
                INSERT INTO projects (id, workspace_id, identifier, name, agents_enabled)
                VALUES (@Ndc, @Workspace, 'NDC', 'Node', true);
                INSERT INTO states (id, project_id, name, "group", sequence, "default")
                VALUES (gen_random_uuid(), @Ndc, 'Todo', 'unstarted', 20, true), (gen_random_uuid(), @Ndc, 'Done', 'completed', 40, false);
                INSERT INTO users (id, email, display_name, first_name, last_name)
                VALUES (@Anna, 'anna@example.org', 'anna', 'Anna', 'Ivanova');
                INSERT INTO workspace_members (id, workspace_id, member_id, role) VALUES (gen_random_uuid(), @Workspace, @Anna, 15);
                INSERT INTO project_members (id, project_id, member_id, role) VALUES (gen_random_uuid(), @Ndc, @Anna, 15);
                """,
                new { Workspace, FlowWorld.Ndc, Anna });
        }

        var app = TaskerHost.Build(new TaskerSettings
        {
            Urls = "http://127.0.0.1:0",
            Database = database,
            InternalTokens = [FlowWorld.InternalToken],
            AssertionKey = FlowWorld.AssertionKey,
            RawApiKey = "raw-api-key-0123456789abcdef0123456789",
            PublicUrl = new Uri("https://tasker.example"),
            LogLevel = "Error",
        });
        await app.StartAsync();
        return new ReferenceTasker(app, database);
    }

    public async Task<T> ValueAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    public Task<long> CardsAsync() => ValueAsync<long>("SELECT count(*) FROM issues");

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        NpgsqlConnection.ClearPool(new NpgsqlConnection(database));
    }
}
