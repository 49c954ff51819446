using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AgentGateway.Launcher.Storage;
using AgentGateway.Support;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace AgentGateway.Launcher.Tests.Support;

/// <summary>A database of its own with one client and its people, a fake gateway, and launchers to start and stop.</summary>
public sealed class World : IAsyncDisposable
{
    public const string Client = "acme";
    public const string ApiToken = "api-token-0123456789abcdef0123456789";
    public const string InternalToken = "internal-token-0123456789abcdef01234";
    public const string GatewayToken = "gateway-token-0123456789abcdef012345";

    public static readonly Guid Operator = Guid.Parse("00000000-0000-4000-8000-000000000001");
    public static readonly Guid Root = Guid.Parse("00000000-0000-4000-8000-000000000002");
    public static readonly Guid Admin = Guid.Parse("00000000-0000-4000-8000-000000000003");
    public static readonly Guid Person = Guid.Parse("00000000-0000-4000-8000-000000000004");
    public static readonly Guid Other = Guid.Parse("00000000-0000-4000-8000-000000000005");
    public static readonly Guid Stranger = Guid.Parse("00000000-0000-4000-8000-000000000006");

    private readonly List<WebApplication> _launchers = [];

    private World(string connection) => Connection = connection;

    public string Connection { get; }

    public FakeGateway Gateway { get; } = new();

    public HttpClient Http { get; private set; } = new();

    public static async Task<World> CreateAsync(bool gatewayUp = true, bool launcherUp = true)
    {
        var world = new World(await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync());
        await Migrator.ApplyAsync(world.Connection, CancellationToken.None);
        await world.ExecuteAsync("INSERT INTO clients (id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')");
        await world.ExecuteAsync("INSERT INTO contours (client_id, id, name) VALUES ('acme', 'operational-core', 'Operational Core')");
        foreach (var (id, name) in ((Guid, string)[])
            [(Operator, "operator"), (Root, "root"), (Admin, "admin"), (Person, "person"), (Other, "other"), (Stranger, "stranger")])
        {
            await world.ExecuteAsync(
                "INSERT INTO users (id, email, display_name, is_operator) VALUES (@id, @name || '@acme.example', @name, @name = 'operator')",
                new { id, name });
        }

        await world.ExecuteAsync(
            """
            INSERT INTO client_members (client_id, user_id, role) VALUES ('acme', @Root, 'root'), ('acme', @Admin, 'admin'),
                ('acme', @Person, 'member'), ('acme', @Other, 'member'), ('globex', @Stranger, 'root')
            """,
            new { Root, Admin, Person, Other, Stranger });
        await world.Gateway.StartAsync();
        if (!gatewayUp)
        {
            await world.Gateway.StopAsync();
        }

        if (launcherUp)
        {
            await world.StartLauncherAsync();
        }

        return world;
    }

    internal LauncherSettings Settings => new()
    {
        Urls = "http://127.0.0.1:0",
        Database = Connection,
        ApiTokens = [ApiToken],
        InternalTokens = [InternalToken],
        GatewayUrl = Gateway.Address,
        GatewayToken = GatewayToken,
        LogLevel = "Error",
    };

    public Task<WebApplication> StartLauncherAsync() => StartLauncherAsync(Settings);

    internal async Task<WebApplication> StartLauncherAsync(LauncherSettings settings)
    {
        var app = LauncherHost.Build(settings);
        await app.StartAsync();
        _launchers.Add(app);
        Http.Dispose();
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.Urls.First()) };
        return app;
    }

    public async Task StopLaunchersAsync()
    {
        foreach (var app in _launchers)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        _launchers.Clear();
    }

    public async Task<Answered> SendAsync(
        HttpMethod method, string path, Guid? actor, object? body = null, string token = ApiToken, HttpContent? raw = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = raw ?? (body is null ? null : JsonContent.Create(body)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (actor is { } id)
        {
            request.Headers.Add("X-NodeDC-Actor", id.ToString("D"));
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new Answered((int)response.StatusCode, JsonSerializer.Deserialize<JsonElement>(isJson ? text : "null"));
    }

    public Task<Answered> SwitchAsync(Guid user, bool enabled, string reason, Guid? actor = null, string client = Client) =>
        SendAsync(HttpMethod.Put, ModulePath(user, client), actor ?? Root, new { enabled, reason });

    public Task<Answered> BlockAsync(Guid user, bool blocked, Guid? actor = null) => SendAsync(
        HttpMethod.Post, $"/api/v1/users/{user}/{(blocked ? "block" : "unblock")}", actor ?? Root, new { reason = "because" });

    public Task<Answered> CheckAsync(Guid user) =>
        SendAsync(HttpMethod.Get, $"/api/internal/access-check?user={user}&module=codex_agents", actor: null, token: InternalToken);

    public static string ModulePath(Guid user, string client = Client) =>
        $"/api/v1/clients/{client}/users/{user}/modules/codex_agents";

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Connection);
        await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<T?> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Connection);
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    public Task DeliveredAsync() => Eventually.TrueAsync(async () =>
        await ScalarAsync<long>("SELECT count(*) FROM outbox WHERE state = 'pending'") == 0);

    public async ValueTask DisposeAsync()
    {
        await StopLaunchersAsync();
        await Gateway.DisposeAsync();
        Http.Dispose();
        NpgsqlConnection.ClearPool(new NpgsqlConnection(Connection));
    }
}
