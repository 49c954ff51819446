using AgentGateway.Launcher.Configure;
using AgentGateway.Launcher.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Launcher.Tests.Commands;

/// <summary>Tokens are replaced by their files while the Launcher runs; a bad file changes nothing.</summary>
public sealed class TokenFileTests : IDisposable
{
    private const string Name = "LAUNCHER_API_TOKEN";
    private const string Old = "old-token-0123456789abcdef0123456789";
    private const string New = "new-token-0123456789abcdef0123456789";

    private readonly string _file = Path.GetTempFileName();

    [Theory]
    [InlineData(New, New)]
    [InlineData(New + "," + Old, New + "," + Old)]
    [InlineData(New + "\n", New)]
    [InlineData("", Old)]
    [InlineData("short", Old)]
    [InlineData(New + ",", Old)]
    [InlineData(New + "," + Old + "," + New, Old)]
    [InlineData(World.InternalToken, Old)]
    [InlineData("with spaces 0123456789abcdef0123456789", Old)]
    public async Task A_content_counts_when_it_was_found_twice_and_is_good(string text, string valid)
    {
        var tokens = new LauncherTokens(Settings);
        using var files = new TokenFiles(Settings, tokens, TimeProvider.System, NullLogger<TokenFiles>.Instance);
        await File.WriteAllTextAsync(_file, text);

        await files.LookAsync(CancellationToken.None);
        Assert.Equal([Old], tokens.Api.Values);
        await files.LookAsync(CancellationToken.None);

        Assert.Equal(valid.Split(','), tokens.Api.Values);
    }

    [Fact]
    public async Task A_file_that_is_gone_leaves_the_old_token()
    {
        var tokens = new LauncherTokens(Settings);
        using var files = new TokenFiles(Settings, tokens, TimeProvider.System, NullLogger<TokenFiles>.Instance);
        File.Delete(_file);

        await files.LookAsync(CancellationToken.None);
        await files.LookAsync(CancellationToken.None);

        Assert.Equal([Old], tokens.Api.Values);
    }

    [Fact]
    public async Task A_running_launcher_opens_to_the_new_token_and_no_more_to_the_old()
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await File.WriteAllTextAsync(_file, World.ApiToken);
        await world.StartLauncherAsync(world.Settings with { Files = new Dictionary<string, string> { [Name] = _file } });
        Assert.Equal(200, await StatusAsync(World.ApiToken));

        await File.WriteAllTextAsync(_file, New);
        await AgentGateway.Support.Eventually.TrueAsync(async () => await StatusAsync(New) == 200);

        Assert.Equal(401, await StatusAsync(World.ApiToken));

        async Task<int> StatusAsync(string token) =>
            (await world.SendAsync(HttpMethod.Get, "/api/v1/clients", World.Operator, token: token)).Status;
    }

    public void Dispose() => File.Delete(_file);

    private LauncherSettings Settings => new()
    {
        Urls = "http://127.0.0.1:0",
        Database = "Host=127.0.0.1",
        ApiTokens = [Old],
        InternalTokens = [World.InternalToken],
        GatewayUrl = new Uri("http://127.0.0.1:1"),
        GatewayToken = World.GatewayToken,
        Files = new Dictionary<string, string> { [Name] = _file },
    };
}
