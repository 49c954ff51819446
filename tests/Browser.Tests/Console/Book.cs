using System.Text.Json.Nodes;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Browser.Tests.Console;

/// <summary>A gateway's database as <c>gateway migrate</c> makes it, filled with agents and events, and its reader's role.</summary>
internal sealed class Book
{
    public const string Olga = "11111111-1111-4111-8111-111111111111";
    public const string Pavel = "22222222-2222-4222-8222-222222222222";
    public const string OlgasAgent = "ag_olga0001";
    public const string PavelsAgent = "ag_pavel001";

    private static readonly SemaphoreSlim MakingRole = new(1);

    private Book(string owner, string reader)
    {
        Owner = owner;
        Reader = reader;
    }

    /// <summary>Connection string of the role that owns the tables.</summary>
    public string Owner { get; }

    /// <summary>Connection string of the role <c>console</c>.</summary>
    public string Reader { get; }

    public static string Gateway => ServerProgram.Built("Gateway", "gateway");

    public static async Task<Book> CreateAsync(string folder)
    {
        var cluster = await PostgresCluster.SharedAsync();
        var owner = await cluster.CreateDatabaseAsync();
        var book = new Book(owner, new NpgsqlConnectionStringBuilder(owner) { Username = "console" }.ConnectionString);
        await MakingRole.WaitAsync();
        try
        {
            await book.ExecuteAsync("""
                DO $$ BEGIN
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'console') THEN CREATE ROLE console LOGIN; END IF;
                END $$
                """);
        }
        finally
        {
            MakingRole.Release();
        }

        await ServerProgram.RunAsync(Gateway, ["migrate"], book.Environment(), Path.Combine(folder, "migrate.log"));
        return book;
    }

    /// <summary>What every command of the gateway needs.</summary>
    public Dictionary<string, string> Environment() => new()
    {
        ["NODEDC_AGENT_GATEWAY_DATABASE"] = Owner,
        ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Repository.At("config"),
    };

    public async Task ExecuteAsync(string sql, params (string Name, object Value)[] values)
    {
        await using var connection = new NpgsqlConnection(Owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> UnsealedAsync()
    {
        await using var connection = new NpgsqlConnection(Owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT (SELECT count(*) FROM audit_events) - coalesce((SELECT max(tree_size) FROM audit_checkpoints), 0)", connection);
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }

    public Task AddAgentAsync(string id, string name, string ownerId, string ownerName) => ExecuteAsync(
        """
        INSERT INTO agents (id, name, owner_id, owner_name, workspace, mode, created_at, last_seen_at)
        VALUES (@id, @name, @ownerId, @ownerName, 'nodedc', 'full', now() - interval '90 days', now() - interval '45 days');
        INSERT INTO tokens (id, agent_id, digest, pepper_version, prefix, label, expires_at)
        VALUES (gen_random_uuid(), @id, sha256(convert_to(@id, 'UTF8')), 0, substr('ndca1_' || md5(@id), 1, 12), @name,
            now() + interval '3 days');
        INSERT INTO grants (agent_id, project_id, project_key, project_name, scopes, bundle)
        VALUES (@id, gen_random_uuid(), 'NDC', @name, ARRAY['project:read', 'card:read', 'card:comment'], 'maintainer')
        """,
        ("id", id), ("name", name), ("ownerId", ownerId), ("ownerName", ownerName));

    /// <summary>The digest of the manifest in this repository, as the gateway computes it.</summary>
    public async Task<string> ManifestAsync(string log) =>
        (string?)JsonNode.Parse(await ServerProgram.RunAsync(Gateway, ["routes", "--json"], Environment(), log))?["manifest"] ?? "";

    /// <summary>Calls of the last day: admitted, settled, refused and replayed, for both owners in turn.</summary>
    public Task AddCallsAsync(int count, string digest) => ExecuteAsync(
        """
        WITH calls AS (
            SELECT n, now() - interval '10 seconds' - n * interval '4 seconds' AS at, gen_random_uuid() AS call,
                CASE WHEN n % 2 = 0 THEN 'ag_olga0001' ELSE 'ag_pavel001' END AS agent,
                CASE WHEN n % 2 = 0 THEN 'Olga''s laptop' ELSE 'Pavel''s desk' END AS name,
                CASE WHEN n % 2 = 0 THEN '11111111-1111-4111-8111-111111111111' ELSE '22222222-2222-4222-8222-222222222222' END AS owner,
                (ARRAY['get_card', 'list_cards', 'add_comment', 'move_card'])[1 + n % 4] AS tool,
                (ARRAY['card:read', 'card:read', 'card:comment', 'card:move'])[1 + n % 4] AS scope,
                CASE WHEN n % 11 = 0 THEN (ARRAY['scope_missing', 'project_not_granted', 'rate_limited'])[1 + n % 3] END AS refused
            FROM generate_series(1, @count) AS n)
        INSERT INTO audit_events (id, at, kind, admission_id, request_id, door, agent_id, agent_name, owner_id, token_prefix, tool,
            project_key, card, scope, effect, decision, reason, manifest_digest, upstream_status, duration_ms, client_name, replica)
        SELECT gen_random_uuid(), at + part.after, part.kind, CASE WHEN refused IS NULL THEN call END, call, 'mcp', agent, name,
            owner, 'ndca1_abcdef', tool, 'NDC', 'NDC-' || n, scope, 'read', part.decision, refused, @digest, part.status, part.took,
            'codex', 'replica:1'
        FROM calls, LATERAL (
            SELECT 'refused' AS kind, 'deny' AS decision, interval '0' AS after, NULL::int AS status, NULL::int AS took WHERE refused IS NOT NULL
            UNION ALL SELECT 'admitted', 'allow', interval '0', NULL, NULL WHERE refused IS NULL
            UNION ALL SELECT 'settled', 'succeeded', interval '7 milliseconds', 200, 1 + n % 40 WHERE refused IS NULL) AS part
        ORDER BY at + part.after
        """,
        ("count", count), ("digest", digest));
}
