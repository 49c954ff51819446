using System.Runtime.Versioning;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Tests.Configure;

[UnsupportedOSPlatform("windows")]
public sealed class SettingsTests : IDisposable
{
    private const string Canary = "c4n4ry-7hat-must-never-be-shown-anywhere";

    private readonly string _folder = Directory.CreateTempSubdirectory("agw-settings-").FullName;

    [Fact]
    public void Complete_settings_are_read_with_their_defaults()
    {
        var settings = Load(Complete());

        Assert.Equal("http://127.0.0.1:5080", Assert.Single(settings.Urls));
        Assert.Empty(settings.InternalUrls);
        Assert.Equal(["localhost", "127.0.0.1", "[::1]"], settings.AllowedHosts);
        Assert.Equal(new Uri("https://tasker.internal"), settings.TaskerBaseUrl);
        Assert.True(settings.TokenPepper.IsMissing);
        Assert.Same(settings.Database, settings.MigrationDatabase);
        Assert.Equal("1", settings.TaskerAssertionKeyId);
    }

    [Fact]
    public void Every_problem_is_listed_at_once()
    {
        var environment = Complete();
        environment.Remove("NODEDC_AGENT_GATEWAY_DATABASE");
        environment["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = "short";
        environment["NODEDC_AGENT_GATEWAY_TRUSTED_PROXIES"] = "10.0.0.1,nonsense";
        environment["NODEDC_AGENT_GATEWAY_ALLOWED_ORIGIN"] = "https://misspelt.example";
        environment["NODEDC_TASKER_BASE_URL"] = "http://tasker.internal";
        environment["NODEDC_TASKER_ALLOW_HTTP"] = "maybe";

        var problems = Problems(environment);

        Assert.Equal(6, problems.Count);
        Assert.All(
            (string[])["DATABASE", "KEY_SECRET", "TRUSTED_PROXIES", "ALLOWED_ORIGIN ", "BASE_URL", "ALLOW_HTTP"],
            name => Assert.Contains(problems, problem => problem.Contains(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("changeme-changeme-changeme-changeme")]
    [InlineData("default-secret-api-key-0123456789-abc")]
    [InlineData("00000000000000000000000000000000000000")]
    [InlineData("abababababababababababababababababab")]
    [InlineData("your-token-goes-here-please-0123456789")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("tooshort")]
    [InlineData("has spaces in it and is long enough to pass")]
    public void A_weak_or_sample_secret_is_refused_without_repeating_it(string value)
    {
        foreach (var name in (string[])["INTERNAL_TOKEN", "TOKEN_PEPPER", "KEY_SECRET"])
        {
            var environment = Complete();
            environment["NODEDC_AGENT_GATEWAY_" + name] = value;

            var problem = Assert.Single(Problems(environment));

            Assert.Contains(name, problem, StringComparison.Ordinal);
            Assert.DoesNotContain(value, problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_internal_tokens_are_valid_while_rotating_and_three_are_not()
    {
        var environment = Complete();
        environment["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = $"{Fresh()},{Fresh()}";
        Assert.Equal(2, Load(environment).InternalTokens.Count);

        environment["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = $"{Fresh()},{Fresh()},{Fresh()}";
        Assert.Single(Problems(environment));
    }

    [Fact]
    public void One_value_for_two_secrets_is_refused()
    {
        var environment = Complete();
        environment["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = environment["NODEDC_TASKER_INTERNAL_TOKEN"];

        var problem = Assert.Single(Problems(environment));

        Assert.Contains("NODEDC_AGENT_GATEWAY_KEY_SECRET and NODEDC_TASKER_INTERNAL_TOKEN", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_comes_from_a_file_and_not_from_both_places()
    {
        var environment = Complete();
        var secret = Fresh();
        environment.Remove("NODEDC_AGENT_GATEWAY_KEY_SECRET");
        environment["NODEDC_AGENT_GATEWAY_KEY_SECRET_FILE"] = WriteFile(secret + "\n");
        Assert.Equal(secret, Load(environment).KeySecret.Reveal());

        environment["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = Fresh();
        Assert.Contains("both set", Assert.Single(Problems(environment)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_file_that_everybody_may_write_or_that_is_not_there_is_refused()
    {
        var environment = Complete();
        environment.Remove("NODEDC_AGENT_GATEWAY_KEY_SECRET");
        environment["NODEDC_AGENT_GATEWAY_KEY_SECRET_FILE"] = Path.Combine(_folder, "missing");
        Assert.Contains(Problems(environment), problem => problem.Contains("does not exist", StringComparison.Ordinal));

        var open = WriteFile(Fresh());
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        environment["NODEDC_AGENT_GATEWAY_KEY_SECRET_FILE"] = open;
        Assert.Contains(Problems(environment), problem => problem.Contains("may write", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5090", true)]
    [InlineData("http://localhost:5090", true)]
    [InlineData("https://tasker.example.org/base", true)]
    [InlineData("http://10.0.0.7", false)]
    [InlineData("ftp://127.0.0.1", false)]
    [InlineData("https://user:word@tasker.example.org", false)]
    [InlineData("tasker", false)]
    public void Tasker_is_reached_by_https_or_on_this_machine(string url, bool accepted)
    {
        var environment = Complete();
        environment["NODEDC_TASKER_BASE_URL"] = url;

        var problem = Record.Exception(() => Load(environment));

        Assert.Equal(accepted, problem is null);
        Assert.True(accepted || problem is SettingsException { Problems.Count: 1 });
    }

    [Fact]
    public void Neither_problems_nor_the_settings_themselves_repeat_a_secret()
    {
        var environment = Complete();
        foreach (var setting in SettingTable.All.Where(setting => setting.Secret))
        {
            environment[setting.Name] = Canary;
        }

        Assert.DoesNotContain(Canary, string.Join('\n', Problems(environment)), StringComparison.Ordinal);
        var valid = Complete();
        valid["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = Canary;
        Assert.DoesNotContain(Canary, Load(valid).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_and_documentation_name_every_setting()
    {
        Assert.All(SettingTable.All, setting =>
        {
            Assert.Contains(setting.Name, SettingsText.Help(), StringComparison.Ordinal);
            Assert.Contains($"`{setting.Name}`", SettingsText.Markdown(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_command_needs_only_its_own_settings()
    {
        var environment = Complete().Where(setting => setting.Key == SettingTable.Database.Name).ToDictionary();

        var settings = Settings.Load(environment, [SettingTable.Database]);

        Assert.True(settings.KeySecret.IsMissing);
        Assert.Throws<SettingsException>(() => Settings.Load(new Dictionary<string, string>(), [SettingTable.Database]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, string> Complete() => new(StringComparer.Ordinal)
    {
        ["PATH"] = "/usr/bin",
        ["NODEDC_AGENT_GATEWAY_DATABASE"] = "Host=localhost;Database=gateway;Username=gateway;Password=x",
        ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = Fresh(),
        ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = Fresh(),
        ["NODEDC_TASKER_BASE_URL"] = "https://tasker.internal",
        ["NODEDC_TASKER_INTERNAL_TOKEN"] = Fresh(),
    };

    private static Settings Load(Dictionary<string, string> environment) =>
        Settings.Load(environment, [.. SettingTable.All.Where(setting => setting.Required)]);

    private static IReadOnlyList<string> Problems(Dictionary<string, string> environment) =>
        Assert.Throws<SettingsException>(() => Load(environment)).Problems;

    private static string Fresh() => System.Security.Cryptography.RandomNumberGenerator.GetHexString(64);

    private string WriteFile(string text)
    {
        var path = Path.Combine(_folder, Guid.CreateVersion7().ToString("N"));
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
