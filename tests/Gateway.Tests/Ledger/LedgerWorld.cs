using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Flushes;
using AgentGateway.Gateway.Ledger.Migrations;
using AgentGateway.Gateway.Ledger.Refusals;
using AgentGateway.Gateway.Owners;
using AgentGateway.Policy;
using AgentGateway.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger;

/// <summary>A migrated database with one agent in it, and everything that reads and writes it.</summary>
internal sealed class LedgerWorld : IAsyncDisposable
{
    public static readonly Guid Project = Guid.Parse("11111111-1111-4111-8111-111111111111");

    public const string Pepper = "a-pepper-that-only-the-tests-know-and-long-enough";

    private static readonly Lazy<Task<string>> Migrated = new(MigrateTemplateAsync);

    private static readonly RuleBook Rules = new(
    [
        Rule("create_card", "card:create", Effect.Write), Rule("move_card", "card:create", Effect.Write),
        Rule("list_cards", "card:read", Effect.Read),
    ]);

    private Agent? _agent;
    private IssuedToken? _token;

    private LedgerWorld(string connectionString, TimeProvider clock, RateLimits? limits = null)
    {
        ConnectionString = connectionString;
        Database = LedgerDatabase.Open(Secret.Of(connectionString));
        Digests = new TokenDigests(Secret.Of(Pepper));
        Refusals = new RefusalBook(Database, clock, NullLogger<RefusalBook>.Instance);
        Trailing = new TrailingEvents(Database, clock, NullLogger<TrailingEvents>.Instance);
        Writer = NewWriter(limits);
        Ledger = new CallLedger(Writer, Refusals, Trailing);
        Book = new AgentBook(Database, Digests, TimeProvider.System);
        Use = new TokenUse(Database, clock, NullLogger<TokenUse>.Instance);
        Cache = new AuthorityCache(TimeProvider.System);
        Authenticator = new TokenAuthenticator(
            new AuthorityTable(Database), Cache, Digests, Use, TimeProvider.System, NullLogger<TokenAuthenticator>.Instance);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource Database { get; }

    public LedgerWriter Writer { get; }

    public CallLedger Ledger { get; }

    public RefusalBook Refusals { get; }

    public TrailingEvents Trailing { get; }

    public AgentBook Book { get; }

    public TokenDigests Digests { get; }

    public TokenUse Use { get; }

    public AuthorityCache Cache { get; }

    public TokenAuthenticator Authenticator { get; }

    public Agent Agent => _agent ?? throw new InvalidOperationException("The world has no agent yet.");

    public IssuedToken Token => _token ?? throw new InvalidOperationException("The world's agent has no token yet.");

    public string Bearer => $"Bearer {Token.Token}";

    /// <summary>On the shared cluster; a copy of a database that was migrated once.</summary>
    public static async Task<LedgerWorld> CreateAsync(TimeProvider? clock = null, RateLimits? limits = null)
    {
        var cluster = await PostgresCluster.SharedAsync();
        return await FillAsync(
            new LedgerWorld(await cluster.CreateDatabaseAsync(await Migrated.Value), clock ?? TimeProvider.System, limits));
    }

    /// <summary>On a cluster of the test's own, which it may stop.</summary>
    public static async Task<LedgerWorld> CreateOnAsync(PostgresCluster cluster)
    {
        var connectionString = await cluster.CreateDatabaseAsync();
        await Migration.RunAsync(Secret.Of(connectionString), Secret.Of(connectionString), CancellationToken.None);
        return await FillAsync(new LedgerWorld(connectionString, TimeProvider.System));
    }

    /// <summary>The authority as authentication gives it.</summary>
    public async Task<Authority> AuthorityAsync(IssuedToken? token = null) => Assert.IsType<Authentication.Known>(
        await Authenticator.AuthenticateAsync($"Bearer {(token ?? Token).Token}", CancellationToken.None)).Authority;

    public async Task<(Agent Agent, IssuedToken Token)> AddAgentAsync(string owner)
    {
        var project = new ResolvedProject(Project, "NDC", "Gateway", ["OLD"]);
        var request = new NewAgent
        {
            Name = "laptop",
            OwnerId = owner,
            OwnerName = "Anna",
            Workspace = "nodedc",
            Mode = AgentMode.Full,
            Grants = [new NewGrant(project, Bundles.ByName["contributor"], "contributor")],
        };
        var agent = await Book.CreateAsync(request, "test", CancellationToken.None);
        var token = await Book.IssueTokenAsync(agent.Id, "laptop", TimeSpan.FromDays(90), "test", CancellationToken.None);
        return (agent, token ?? throw new InvalidOperationException("No token was issued."));
    }

    public async Task<AdmissionRequest> RequestAsync(string tool = "create_card", string? key = null, string arguments = "{}") =>
        Request(await AuthorityAsync(), tool, key, arguments);

    public static AdmissionRequest Request(
        Authority authority, string tool = "create_card", string? key = null, string arguments = "{}")
    {
        using var parsed = JsonDocument.Parse(arguments);
        var call = new ToolCall { Tool = tool, Arguments = parsed.RootElement.Clone(), IdempotencyKey = key };
        return new AdmissionRequest
        {
            Permit = Assert.IsType<Permit>(Rules.Decide(authority, call)),
            Origin = Origin(),
            IdempotencyKey = key,
            Fingerprint = SHA256.HashData(Encoding.UTF8.GetBytes(tool + arguments)),
            ManifestDigest = "sha256:test",
        };
    }

    public static CallOrigin Origin(string? address = "127.0.0.1") =>
        new() { RequestId = Guid.CreateVersion7(), Door = "mcp", RemoteAddress = address, ClientName = "codex" };

    public static Outcome Done(string result = """{"card":"NDC-7"}""") =>
        new()
        {
            Kind = OutcomeKind.Succeeded,
            Reason = null,
            Result = Encoding.UTF8.GetBytes(result),
            UpstreamStatus = 201,
            Card = "NDC-7",
        };

    public async Task<T?> ValueAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    public Task<long> EventsAsync(string kind) => ValueAsync<long>($"SELECT count(*) FROM audit_events WHERE kind = '{kind}'");

    public Task ExecuteAsync(string sql) => ValueAsync<object>(sql);

    /// <summary>As another replica has it, on the same database.</summary>
    public LedgerWriter NewWriter(
        RateLimits? limits = null, TimeSpan? patience = null, int capacity = 4096, string? connectionString = null) => new(
        LedgerDatabase.OpenForWriter(Secret.Of(connectionString ?? ConnectionString)), Trailing, limits ?? RateLimits.None,
        TimeProvider.System, NullLogger<LedgerWriter>.Instance,
        new LineLimits(patience ?? LedgerDatabase.Patience, capacity));

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static async Task<LedgerWorld> FillAsync(LedgerWorld world)
    {
        (world._agent, world._token) = await world.AddAgentAsync("u-anna");
        return world;
    }

    private static async Task<string> MigrateTemplateAsync()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var settings = new NpgsqlConnectionStringBuilder(await cluster.CreateDatabaseAsync()) { Pooling = false };
        var owner = Secret.Of(settings.ConnectionString);
        await Migration.RunAsync(owner, owner, CancellationToken.None);
        return settings.Database!;
    }

    private static ToolRule Rule(string tool, string scope, Effect effect) => new()
    {
        Tool = tool,
        Scope = scope,
        Effect = effect,
        Addressing = Addressing.Granted,
        Local = false,
        CheckArguments = _ => [],
    };
}
