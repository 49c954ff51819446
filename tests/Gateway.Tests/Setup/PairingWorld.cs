using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentGateway.Gateway.Setup.Pairing;
using AgentGateway.Gateway.Tests.Owners;

namespace AgentGateway.Gateway.Tests.Setup;

/// <summary>A device as it pairs: it keeps its verifier and its device code to itself and shows the user code.</summary>
internal sealed record Device(string Verifier, string DeviceCode, string UserCode)
{
    public PollBody Poll => new() { DeviceCode = DeviceCode, Verifier = Verifier };
}

/// <summary>The whole gateway, asked by devices on the one listener and by owners' backends on the other.</summary>
internal sealed class PairingWorld : IAsyncDisposable
{
    public const string NewAgent =
        """{"agent":{"name":"from pairing","workspace":"nodedc","mode":"full","grants":[{"project":"OPS","bundle":"observer"}]}}""";

    private PairingWorld(OwnersWorld owners) => Owners = owners;

    public OwnersWorld Owners { get; }

    public static async Task<PairingWorld> StartAsync() => new(await OwnersWorld.StartAsync());

    public static string Verifier() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>Asks as a device, without any credential.</summary>
    public async Task<Answer> AskAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await OwnersWorld.SendAsync(Owners.Agents, request);
    }

    public async Task<Device> PairAsync(string more = "")
    {
        var verifier = Verifier();
        var answer = await AskAsync(
            "/api/v1/pairing", $$"""{"name":"laptop","challenge":"{{ChallengeOf(verifier)}}"{{more}}}""");
        Assert.True(answer.Status == 200, answer.Body);
        return new Device(verifier, (string)answer.Json["device_code"]!, (string)answer.Json["user_code"]!);
    }

    public Task<Answer> PollAsync(Device device) =>
        AskAsync("/api/v1/pairing/token", $$"""{"device_code":"{{device.DeviceCode}}","verifier":"{{device.Verifier}}"}""");

    public Task<Answer> ShowAsync(string code, string owner = "u-anna") =>
        Owners.AskAsync("GET", $"/owners/{owner}/pairings/{code}");

    public Task<Answer> ApproveAsync(string code, string body = NewAgent, string owner = "u-anna", string key = "") =>
        Owners.AskAsync("POST", $"/owners/{owner}/pairings/{code}/approve", body, owner, key);

    public Task<Answer> DenyAsync(string code, string owner = "u-anna", string key = "") =>
        Owners.AskAsync("POST", $"/owners/{owner}/pairings/{code}/deny", """{"reason":"not me"}""", owner, key);

    public async Task<Device> ApprovedAsync(string body = NewAgent)
    {
        var device = await PairAsync();
        var answer = await ApproveAsync(device.UserCode, body);
        Assert.True(answer.Status == 200, answer.Body);
        return device;
    }

    public Task<T?> ValueAsync<T>(string sql) => Owners.Ledger.ValueAsync<T>(sql);

    public Task<long> EventsAsync(string what) => ValueAsync<long>($"SELECT count(*) FROM audit_events WHERE decision = '{what}'");

    public Task ExpireAsync() => Owners.Ledger.ExecuteAsync("UPDATE pairings SET expires_at = clock_timestamp()");

    /// <summary>So many open pairings of other devices; approved ones belong to the owner and the world's agent.</summary>
    public Task CrowdAsync(int count, string? approvedFor = null) => Owners.Ledger.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        INSERT INTO pairings (id, device_digest, user_digest, challenge, name, source, expires_at, interval_seconds,
                              owner_id, decision, agent_id, token_days)
        SELECT gen_random_uuid(), sha256(('d' || n)::bytea), sha256(('u' || n)::bytea), sha256('c'), 'crowd', '10.0.0.1',
               clock_timestamp() + interval '10 minutes', 5,
               {(approvedFor is null ? "NULL, NULL, NULL, NULL" : $"'{approvedFor}', 'approved', '{Owners.Ledger.Agent.Id}', 90")}
        FROM generate_series(1, {count}) AS n
        """));

    public ValueTask DisposeAsync() => Owners.DisposeAsync();
}
