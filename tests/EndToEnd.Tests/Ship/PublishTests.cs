using System.Security.Cryptography;
using AgentGateway.EndToEnd.Tests.System;
using AgentGateway.Support;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>What scripts/publish makes is a gateway that works as it is unpacked.</summary>
public sealed class PublishTests(Published published) : IClassFixture<Published>
{
    [Fact]
    public async Task The_published_gateway_is_one_file_that_knows_its_version_and_proves_its_manifest()
    {
        var version = await published.InsideAsync(published.Gateway, "--version");
        var check = await published.InsideAsync(published.Gateway, "check");
        var prove = await published.InsideAsync(published.Gateway, "prove");

        Assert.Equal(["SHA256SUMS", "config", "gateway"], Directory.EnumerateFileSystemEntries(published.Root)
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(0, version.Code);
        Assert.Equal($"agent-gateway-{version.Output.Trim()}-linux-x64", Path.GetFileName(published.Root));
        Assert.True(check.Code == 0, check.Error);
        Assert.StartsWith("The manifest holds:", check.Output, StringComparison.Ordinal);
        Assert.True(prove.Code == 0, prove.Error);
    }

    [Fact]
    public async Task The_checksums_are_of_every_file_and_right()
    {
        var told = (await File.ReadAllLinesAsync(Path.Combine(published.Root, "SHA256SUMS")))
            .Select(line => line.Split("  ", 2)).ToDictionary(parts => parts[1], parts => parts[0]);
        var files = Directory.EnumerateFiles(published.Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(published.Root, path)).Where(path => path != "SHA256SUMS").Order();

        Assert.Equal(files, told.Keys.Order());
        foreach (var (name, sum) in told)
        {
            await using var file = File.OpenRead(Path.Combine(published.Root, name));
            Assert.Equal(sum, Convert.ToHexStringLower(await SHA256.HashDataAsync(file)));
        }
    }

    [Fact]
    public async Task The_published_gateway_migrates_a_database_and_serves_on_it()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var (agents, inside) = (Loopback.FreeAddress(), Loopback.FreeAddress());
        var settings = new Settings
        {
            TaskerDatabase = "",
            GatewayDatabase = await cluster.CreateDatabaseAsync(),
            TaskerUrl = Loopback.FreeAddress(),
        }.Gateway(agents, inside);
        settings["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Path.Combine(published.Root, "config");

        await ServerProcess.RunAsync(published.Gateway, settings, "migrate");
        await using var gateway = ServerProcess.Start(published.Gateway, settings);

        // Fails unless /readyz comes to answer 200.
        await gateway.WaitUntilReadyAsync(new Uri(inside, "/readyz"));
        using var client = new HttpClient();
        var health = await client.GetStringAsync(new Uri(inside, "/healthz"));
        var version = Path.GetFileName(published.Root)["agent-gateway-".Length..^"-linux-x64".Length];
        Assert.Contains($"\"{version}\"", health, StringComparison.Ordinal);
    }
}
