using System.Collections;

namespace AgentGateway.Tasker.Tests.Commands;

/// <summary>What Tasker accepts at start; every complaint at once.</summary>
public sealed class SettingsTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void The_three_required_settings_suffice()
    {
        var settings = TaskerSettings.Read(Environment(), out var problems);

        Assert.Empty(problems);
        Assert.NotNull(settings);
        Assert.Equal(("http://127.0.0.1:5090", new Uri("http://127.0.0.1:5090")), (settings.Urls, settings.PublicUrl));
        Assert.Null(settings.AssertionKey);
        Assert.Null(settings.AdapterUrls);
    }

    [Fact]
    public void Nothing_is_required_twice_and_everything_is_named()
    {
        Assert.Null(TaskerSettings.Read(new Hashtable(), out var problems));

        Assert.Equal(["TASKER_DATABASE", "TASKER_INTERNAL_TOKENS", "TASKER_RAW_API_KEY"], problems.Select(problem => problem.Split(' ')[0]));
    }

    [Theory]
    [InlineData("TASKER_INTERNAL_TOKENS", "short")]
    [InlineData("TASKER_INTERNAL_TOKENS", Secret + ",")]
    [InlineData("TASKER_INTERNAL_TOKENS", Secret + "," + Secret + "," + Secret)]
    [InlineData("TASKER_ASSERTION_KEY", "short")]
    [InlineData("TASKER_RAW_API_KEY", "short")]
    [InlineData("TASKER_LOG_LEVEL", "chatty")]
    [InlineData("TASKER_PUBLIC_URL", "tasker")]
    [InlineData("TASKER_SESSION_STALE_MINUTES", "0")]
    [InlineData("TASKER_SESSION_STALE_MINUTES", "soon")]
    [InlineData("TASKER_ASERTION_KEY", Secret)]
    [InlineData("TASKER_DATABASE_FILE", "/no/such/file")]
    [InlineData("TASKER_ADAPTER_URLS", "tasker")]
    [InlineData("TASKER_ADAPTER_URLS", "https://127.0.0.1:5091")]
    [InlineData("TASKER_ADAPTER_URLS", "http://tasker:5091")]
    [InlineData("TASKER_ADAPTER_URLS", "http://*:5091/api")]
    [InlineData("TASKER_ADAPTER_URLS", ";")]
    [InlineData("TASKER_GATEWAY_URL", "gateway")]
    [InlineData("TASKER_GATEWAY_URL", "http://user:secret@gateway")]
    [InlineData("TASKER_CONSOLE_URL", "ftp://console")]
    [InlineData("TASKER_LAUNCH_KEY", Secret)]
    [InlineData("TASKER_LAUNCH_PUBLIC_KEYS", "launcher")]
    [InlineData("TASKER_LAUNCH_PUBLIC_KEYS", "launcher=/no/such/file")]
    public void A_wrong_setting_is_named_and_its_value_is_not(string name, string value)
    {
        var environment = Environment();
        environment[name] = value;

        Assert.Null(TaskerSettings.Read(environment, out var problems));

        var problem = Assert.Single(problems);
        Assert.StartsWith(name.Replace("_FILE", "", StringComparison.Ordinal), problem, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_may_stand_in_a_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, Secret + "\n");
        var environment = Environment();
        environment.Remove("TASKER_RAW_API_KEY");
        environment["TASKER_RAW_API_KEY_FILE"] = file;

        var settings = TaskerSettings.Read(environment, out _);

        File.Delete(file);
        Assert.Equal(Secret, settings?.RawApiKey);
    }

    [Fact]
    public void Of_two_tokens_of_the_gateway_the_first_is_presented_and_its_file_is_followed()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"{Secret}1,{Secret}2\n");
        var environment = Environment();
        environment["TASKER_GATEWAY_TOKEN_FILE"] = file;

        var access = TaskerSettings.Read(environment, out _)!.Gateway;
        Assert.Equal(Secret + "1", access.CurrentToken());
        File.WriteAllText(file, $"{Secret}3\n");
        Assert.Equal(Secret + "3", access.CurrentToken());
        File.Delete(file);

        Assert.Equal(Secret + "3", access.CurrentToken());
        Assert.Equal(["TASKER_GATEWAY_URL", "TASKER_GATEWAY_PUBLIC_URL"], access.Missing);
        Assert.DoesNotContain(Secret, access.ToString(), StringComparison.Ordinal);
    }

    private static Hashtable Environment() => new()
    {
        ["TASKER_DATABASE"] = "Host=127.0.0.1",
        ["TASKER_INTERNAL_TOKENS"] = $"{Secret}, {Secret}x",
        ["TASKER_RAW_API_KEY"] = Secret,
        ["PATH"] = "/bin",
    };
}
