using System.Collections;

namespace AgentGateway.Launcher.Tests.Commands;

/// <summary>What the Launcher accepts at start; every complaint at once.</summary>
public sealed class SettingsTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void The_required_settings_suffice()
    {
        var settings = LauncherSettings.Read(Environment(), out var problems);

        Assert.Empty(problems);
        Assert.Equal("http://127.0.0.1:5080", settings?.Urls);
        Assert.Equal([Secret, Secret + "x"], settings?.ApiTokens);
    }

    [Fact]
    public void Everything_that_is_missing_is_named_at_once()
    {
        Assert.Null(LauncherSettings.Read(new Hashtable(), out var problems));

        Assert.Equal(
            ["LAUNCHER_DATABASE", "LAUNCHER_API_TOKEN", "LAUNCHER_INTERNAL_TOKEN", "LAUNCHER_GATEWAY_URL", "LAUNCHER_GATEWAY_TOKEN"],
            problems.Select(problem => problem.Split(' ')[0]));
    }

    [Theory]
    [InlineData("LAUNCHER_API_TOKEN", "short")]
    [InlineData("LAUNCHER_API_TOKEN", Secret + ",")]
    [InlineData("LAUNCHER_API_TOKEN", Secret + "," + Secret + "," + Secret)]
    [InlineData("LAUNCHER_INTERNAL_TOKEN", "short")]
    [InlineData("LAUNCHER_INTERNAL_TOKEN", Secret)]
    [InlineData("LAUNCHER_GATEWAY_TOKEN", "short")]
    [InlineData("LAUNCHER_GATEWAY_TOKEN", Secret + " " + Secret)]
    [InlineData("LAUNCHER_GATEWAY_URL", "gateway")]
    [InlineData("LAUNCHER_GATEWAY_URL", "ftp://gateway")]
    [InlineData("LAUNCHER_GATEWAY_URL", "http://user:word@gateway")]
    [InlineData("LAUNCHER_LOG_LEVEL", "chatty")]
    [InlineData("LAUNCHER_GATEWAY_TOKENS", Secret)]
    [InlineData("LAUNCHER_DATABASE_FILE", "/no/such/file")]
    [InlineData("LAUNCHER_TASKER_URL", "tasker")]
    [InlineData("LAUNCHER_CONSOLE_URL", "http://console/?a=b")]
    [InlineData("LAUNCHER_PUBLIC_URL", "ftp://launcher")]
    [InlineData("LAUNCHER_DEMO_SIGN_IN", "yes")]
    public void A_wrong_setting_is_named_and_its_value_is_not(string name, string value)
    {
        var environment = Environment();
        environment[name] = value;

        Assert.Null(LauncherSettings.Read(environment, out var problems));

        var problem = Assert.Single(problems);
        Assert.StartsWith(name.Replace("_FILE", "", StringComparison.Ordinal), problem, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://[::1]:5080;http://127.0.0.2:1", true)]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://loopback:5080", false)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://*:5080", false)]
    [InlineData("http://127.0.0.1:5080;http://10.0.0.1:5080", false)]
    [InlineData("http://localhost.example:5080", false)]
    public void Everyone_may_be_anyone_on_loopback_alone(string urls, bool allowed)
    {
        var environment = Environment();
        environment["LAUNCHER_URLS"] = urls;
        environment["LAUNCHER_DEMO_SIGN_IN"] = "true";

        Assert.Equal(allowed, LauncherSettings.Read(environment, out _) is { DemoSignIn: true });
    }

    [Theory]
    [InlineData("LAUNCHER_API_TOKEN")]
    [InlineData("LAUNCHER_INTERNAL_TOKEN")]
    [InlineData("LAUNCHER_GATEWAY_TOKEN")]
    public void A_secret_may_stand_in_a_file(string name)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "from-a-file-0123456789abcdef012345\n");
        var environment = Environment();
        environment.Remove(name);
        environment[name + "_FILE"] = file;

        var settings = LauncherSettings.Read(environment, out var problems);

        File.Delete(file);
        Assert.Empty(problems);
        Assert.Contains(
            "from-a-file-0123456789abcdef012345",
            (IEnumerable<string>)[.. settings!.ApiTokens, .. settings.InternalTokens, settings.GatewayToken]);
    }

    private static Hashtable Environment() => new()
    {
        ["LAUNCHER_DATABASE"] = "Host=127.0.0.1",
        ["LAUNCHER_API_TOKEN"] = $"{Secret}, {Secret}x",
        ["LAUNCHER_INTERNAL_TOKEN"] = Secret + "y",
        ["LAUNCHER_GATEWAY_URL"] = "http://127.0.0.1:5070",
        ["LAUNCHER_GATEWAY_TOKEN"] = Secret + "z",
        ["PATH"] = "/bin",
    };
}
