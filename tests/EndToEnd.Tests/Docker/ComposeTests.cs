using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>The compose file names settings, files and secrets that exist, and opens four doors on loopback.</summary>
public sealed class ComposeTests
{
    private const string Mounted = "/run/secrets/";

    private static readonly string[] Services = [.. ComposeFile.Root.Members("services").Keys];

    [Fact]
    public void Only_the_agents_listener_and_the_pages_are_published_and_only_on_loopback()
    {
        var published = Services.SelectMany(service => ComposeFile.Service(service).Words("ports")).Order();

        Assert.Equal(
            ["127.0.0.1:5060:5060", "127.0.0.1:5070:5070", "127.0.0.1:5080:5080", "127.0.0.1:5090:5090"], published);
    }

    [Fact]
    public void The_gateway_calls_taskers_adapter_on_a_port_that_is_not_published()
    {
        var tasker = ComposeFile.Service("tasker");
        var adapter = new Uri(ComposeFile.Text(tasker.Members("environment")["TASKER_ADAPTER_URLS"]));
        var called = new Uri(ComposeFile.Text(ComposeFile.Service("gateway").Members("environment")["NODEDC_TASKER_BASE_URL"]));

        Assert.Equal(("tasker", adapter.Port), (called.Host, called.Port));
        Assert.DoesNotContain(tasker.Words("ports"), port => port.EndsWith($":{adapter.Port}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("tasker")]
    [InlineData("launcher")]
    [InlineData("console")]
    [InlineData("gateway-migrate")]
    [InlineData("tasker-migrate")]
    [InlineData("launcher-migrate")]
    public async Task Every_setting_is_one_the_program_knows(string service)
    {
        var program = service.Split('-')[0] switch
        {
            "gateway" => Programs.Gateway,
            "tasker" => Programs.Tasker,
            "launcher" => Programs.Launcher,
            _ => Programs.Console,
        };
        await using var help = ChildProcess.Start(program, ["--help"], ChildProcess.PlainEnvironment(), Programs.Repository);
        Assert.True(await help.WaitForExitAsync(TimeSpan.FromSeconds(60)));

        var known = help.Output.Split([' ', ',', '\n', '\r', '\t', '(', ')', ':', '=', '`', '|']).ToHashSet();
        var used = ComposeFile.Service(service).Members("environment").Keys;

        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.True(known.Contains(name) || known.Contains(Setting(name)), name));
    }

    [Fact]
    public void No_value_in_the_file_is_a_secret()
    {
        string[] revealing = ["PASSWORD", "TOKEN", "SECRET", "KEY", "PEPPER", "DATABASE"];
        var values = Services.SelectMany(service => ComposeFile.Service(service).Members("environment"))
            .Where(variable => revealing.Any(word => variable.Key.Contains(word, StringComparison.Ordinal)))
            .Where(variable => !variable.Key.EndsWith("_PUBLIC_KEYS", StringComparison.Ordinal));

        Assert.All(values, variable =>
        {
            Assert.EndsWith("_FILE", variable.Key, StringComparison.Ordinal);
            Assert.StartsWith(Mounted, ComposeFile.Text(variable.Value), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Each_program_is_given_exactly_the_secrets_it_names()
    {
        foreach (var service in Services.Where(service => service != "postgres"))
        {
            var named = ComposeFile.Service(service).Members("environment").Values.Select(ComposeFile.Text)
                .SelectMany(value => value.Split(',')).Select(value => value[(value.IndexOf('=', StringComparison.Ordinal) + 1)..])
                .Where(value => value.StartsWith(Mounted, StringComparison.Ordinal))
                .Select(value => value[Mounted.Length..]);

            Assert.Equal(named.Order(), ComposeFile.Service(service).Words("secrets").Order());
        }
    }

    [Fact]
    public async Task Every_secret_is_made_once_by_the_script_and_is_long_enough()
    {
        using var folder = new TemporaryFolder("secrets");
        var made = Path.Combine(folder.Root, "secrets");
        await MakeSecretsAsync(made);
        var first = ReadAll(made);
        await MakeSecretsAsync(made);

        Assert.Equal(ComposeFile.Root.Members("secrets").Keys.Order(), first.Keys.Order());
        Assert.All(first.Values, value => Assert.True(value.Length >= 64));
        Assert.Equal(first, ReadAll(made));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(made));
    }

    [Fact]
    public void Every_mounted_file_and_every_dockerfile_exists()
    {
        var mounted = Services.SelectMany(service => ComposeFile.Service(service).Words("volumes"))
            .Select(volume => volume.Split(':')[0]).Where(source => source.StartsWith('.'));
        var builds = Services.SelectMany(service => ComposeFile.Service(service).Members("build"))
            .Where(member => member.Key == "dockerfile").Select(member => Path.Combine("..", ComposeFile.Text(member.Value)));
        string[] files = [.. mounted, .. builds];

        Assert.Equal(5, files.Distinct().Count());
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(ComposeFile.Folder, file)), file));
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("tasker")]
    [InlineData("launcher")]
    [InlineData("console")]
    [InlineData("gateway-migrate")]
    [InlineData("tasker-migrate")]
    [InlineData("launcher-migrate")]
    public void Our_programs_run_without_rights_they_do_not_need(string service)
    {
        var definition = ComposeFile.Service(service);

        Assert.Equal("true", ComposeFile.Text(definition["read_only"]));
        Assert.Equal(["ALL"], definition.Words("cap_drop"));
        Assert.Equal(["no-new-privileges:true"], definition.Words("security_opt"));
    }

    [Fact]
    public void Every_service_says_when_it_is_healthy() =>
        Assert.All(
            Services.Where(service => !service.EndsWith("-migrate", StringComparison.Ordinal)),
            service => Assert.NotEmpty(ComposeFile.Service(service).Members("healthcheck")));

    private static string Setting(string name) =>
        name.EndsWith("_FILE", StringComparison.Ordinal) ? name[..^"_FILE".Length] : name;

    private static async Task MakeSecretsAsync(string folder)
    {
        var script = Path.Combine(ComposeFile.Folder, "make-secrets.sh");
        await using var run = ChildProcess.Start("bash", [script, folder], ChildProcess.PlainEnvironment(), Programs.Repository);
        Assert.True(await run.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private static Dictionary<string, string> ReadAll(string folder) =>
        Directory.EnumerateFiles(folder).ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
}
