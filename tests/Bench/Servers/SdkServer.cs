using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using Npgsql;

namespace AgentGateway.Bench.Servers;

/// <summary>
/// What is usually written instead of a gateway: a stateless server of the official SDK whose tool asks the same upstream
/// by HttpClient and inserts one audit row per call.
/// </summary>
internal static class SdkServer
{
    /// <summary>Environment variable with the connection string, which belongs on no command line.</summary>
    public const string Database = "BENCH_SDK_DATABASE";

    private const string Prefix = "/api/internal/nodedc/agent/v1";

    public static async Task RunAsync(int port, int upstreamPort)
    {
        var connectionString = Environment.GetEnvironmentVariable(Database)
            ?? throw new InvalidOperationException($"{Database} is missing.");
        await using var database = NpgsqlDataSource.Create(connectionString);
        await CreateTableAsync(database);
        using var upstream = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{upstreamPort}") };
        upstream.DefaultRequestHeaders.Authorization = new("Bearer", new string('t', 64));
        upstream.DefaultRequestHeaders.Add("X-NodeDC-Project", AdapterAnswers.Project);
        var app = Listener.Build(
            kestrel => kestrel.ListenLocalhost(port),
            services => services.AddSingleton(database).AddSingleton(upstream)
                .AddMcpServer().WithHttpTransport(http => http.Stateless = true).WithTools<CardTools>());
        app.MapMcp("/mcp");
        await Listener.RunAsync(app);
    }

    private static async Task CreateTableAsync(NpgsqlDataSource database)
    {
        await using var create = database.CreateCommand(
            """
            CREATE TABLE IF NOT EXISTS sdk_audit (
                sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                id uuid NOT NULL,
                at timestamptz NOT NULL DEFAULT clock_timestamp(),
                agent_id text NOT NULL,
                tool text NOT NULL,
                card text NOT NULL,
                argument_digest bytea NOT NULL,
                upstream_status int NOT NULL)
            """);
        await create.ExecuteNonQueryAsync();
    }

    /// <summary>The one tool of the server.</summary>
    [McpServerToolType]
    internal sealed class CardTools(HttpClient upstream, NpgsqlDataSource database)
    {
        [McpServerTool(Name = "get_card"), Description("Reads one card.")]
        public async Task<string> ReadAsync([Description("Key of the card, such as NDC-12.")] string card, CancellationToken cancel)
        {
            using var answer = await upstream.GetAsync($"{Prefix}/cards/{Uri.EscapeDataString(card)}", cancel);
            answer.EnsureSuccessStatusCode();
            var text = await answer.Content.ReadAsStringAsync(cancel);
            await using var insert = database.CreateCommand(
                """
                INSERT INTO sdk_audit (id, agent_id, tool, card, argument_digest, upstream_status)
                VALUES ($1, $2, $3, $4, $5, $6)
                """);
            insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "bench" });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "get_card" });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = card });
            insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = SHA256.HashData(Encoding.UTF8.GetBytes(card)) });
            insert.Parameters.Add(new NpgsqlParameter<int>
            {
                TypedValue = Convert.ToInt32(answer.StatusCode, CultureInfo.InvariantCulture),
            });
            await insert.ExecuteNonQueryAsync(cancel);
            return text;
        }
    }
}
