using System.Net;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>What the images run is run here as compose.yaml has it, only without containers.</summary>
public sealed class ComposeRunTests
{
    private static readonly string[] Servers = ["console", "gateway", "launcher", "tasker"];

    [Fact]
    public async Task The_whole_system_comes_up_in_order_answers_and_stops()
    {
        await using var run = new ComposeRun();
        foreach (var service in Servers)
        {
            await run.UpAsync(service);
        }

        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var question = new HttpRequestMessage(HttpMethod.Post, new Uri(run.At(5080), "/mcp"))
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", null, "application/json"),
        };
        question.Headers.Accept.ParseAdd("application/json, text/event-stream");
        using var refused = await client.SendAsync(question);
        using var page = await client.GetAsync(new Uri(run.At(5070), "/sign-in"));
        using var hidden = await client.GetAsync(new Uri(run.At(5090), "/api/internal/adapter/v1/projects"));

        Assert.Equal(Servers, run.Running.Order());
        Assert.All(["tasker", "launcher", "gateway"], service =>
            Assert.True(run.Order.IndexOf($"{service}-migrate") < run.Order.IndexOf(service)));
        Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        foreach (var service in Servers)
        {
            Assert.Equal(0, await run.StopAsync(service));
        }

        Assert.Equal((1, "Nobody answers."), Trimmed(await run.RunAsync("gateway", "ready")));
        Assert.Equal((1, "tasker: nobody answers."), Trimmed(await run.RunAsync("tasker", "ready")));
    }

    [Fact]
    public async Task Before_its_migration_no_program_is_ready_and_a_secret_that_is_not_mounted_is_named()
    {
        await using var run = new ComposeRun();
        await run.UpAsync("postgres");

        var launcher = await run.RunAsync("launcher", "serve");
        File.Delete(Path.Combine(run.Secrets, "key_secret"));
        var gateway = await run.RunAsync("gateway", "serve");

        Assert.NotEqual(0, launcher.Code);
        Assert.Contains("launcher migrate", launcher.Error, StringComparison.Ordinal);
        Assert.Equal(2, gateway.Code);
        Assert.Contains("NODEDC_AGENT_GATEWAY_KEY_SECRET_FILE", gateway.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_serves_never_holds_the_role_that_owns_the_tables()
    {
        var settings = ComposeFile.Service("gateway").Members("environment").Keys;

        Assert.DoesNotContain(settings, name => name.Contains("MIGRATION", StringComparison.Ordinal));
        Assert.Contains("gateway_migration_database", ComposeFile.Service("gateway-migrate").Words("secrets"));
    }

    private static (int Code, string Error) Trimmed((int Code, string Error) end) => (end.Code, end.Error.Trim());
}
