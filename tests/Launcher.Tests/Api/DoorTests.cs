using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Api;

/// <summary>Two doors, two tokens; neither opens the other's.</summary>
public sealed class DoorTests(SharedWorld shared) : IClassFixture<SharedWorld>
{
    [Theory]
    [InlineData("/api/v1/clients", World.ApiToken, 200)]
    [InlineData("/api/v1/clients", World.InternalToken, 401)]
    [InlineData("/api/v1/clients", World.GatewayToken, 401)]
    [InlineData("/api/v1/clients", "", 401)]
    [InlineData("/api/v1/no-such-thing", World.InternalToken, 401)]
    [InlineData("/api/v1/no-such-thing", World.ApiToken, 404)]
    [InlineData("/api/internal/access-check", World.ApiToken, 401)]
    [InlineData("/api/internal/access-check", World.InternalToken, 422)]
    [InlineData("/api/internal/no-such-thing", World.InternalToken, 404)]
    [InlineData("/API/V1/clients", World.InternalToken, 401)]
    [InlineData("/api/v1x/clients", World.ApiToken, 404)]
    [InlineData("/healthz/more", World.ApiToken, 303)]
    [InlineData("/", World.ApiToken, 303)]
    [InlineData("/healthz", "", 200)]
    [InlineData("/readyz", "", 200)]
    public async Task A_route_opens_to_its_own_token_alone(string path, string token, int status)
    {
        var answer = await shared.World.SendAsync(HttpMethod.Get, path, World.Operator, token: token);

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task An_empty_launcher_lets_its_first_person_be_made_once()
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await world.ExecuteAsync("TRUNCATE users, clients CASCADE");
        await world.StartLauncherAsync();

        var first = await FirstAsync("first@acme.example");
        var second = await FirstAsync("second@acme.example");

        Assert.Equal((201, 403), (first, second));
        Assert.True(await world.ScalarAsync<bool>("SELECT is_operator FROM users"));

        async Task<int> FirstAsync(string email)
        {
            using var body = new StringContent(
                $$"""{"email":"{{email}}","display_name":"First"}""", System.Text.Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/users") { Content = body };
            request.Headers.Add("Authorization", "Bearer " + World.ApiToken);
            request.Headers.Add("X-NodeDC-Actor", "bootstrap");
            using var response = await world.Http.SendAsync(request);
            return (int)response.StatusCode;
        }
    }
}
