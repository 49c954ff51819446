using System.Collections;
using System.Security.Cryptography;

namespace AgentGateway.Console.Tests;

/// <summary>The console starts with complete settings or says everything that is wrong with them, and no secret.</summary>
public sealed class ConsoleSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("console-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Complete_settings_are_read()
    {
        var settings = ConsoleSettings.Read(Complete(), out var problems);

        Assert.Empty(problems);
        Assert.NotNull(settings);
        Assert.Equal("http://127.0.0.1:5070", settings.Urls);
        Assert.Equal(["launcher", "tasker"], settings.Trusted.Select(issuer => issuer.Name));
        Assert.False(settings.RequiresEntitlement);
    }

    [Theory]
    [InlineData("CONSOLE_DATABASE", null)]
    [InlineData("CONSOLE_DATABASE", "this is no connection string; it may hold a secret")]
    [InlineData("CONSOLE_GATEWAY_BINARY", null)]
    [InlineData("CONSOLE_GATEWAY_BINARY", "/nowhere/gateway")]
    [InlineData("CONSOLE_MANIFEST_DIR", "/nowhere")]
    [InlineData("CONSOLE_PREVIOUS_MANIFEST_DIR", "/nowhere")]
    [InlineData("CONSOLE_LAUNCH_PUBLIC_KEYS", null)]
    [InlineData("CONSOLE_LAUNCH_PUBLIC_KEYS", "launcher")]
    [InlineData("CONSOLE_LAUNCH_PUBLIC_KEYS", "launcher=/nowhere.pem")]
    [InlineData("CONSOLE_LAUNCH_PUBLIC_KEYS", "launcher=/dev/null")]
    [InlineData("CONSOLE_SIGN_IN_URL", "javascript:alert(1)")]
    [InlineData("CONSOLE_SIGN_IN_URL", "https://user:secret@launcher.example")]
    [InlineData("CONSOLE_CHECKPOINT_PUBLIC_KEYS", "/nowhere.pem")]
    [InlineData("CONSOLE_REQUIRE_ENTITLEMENT", "yes")]
    [InlineData("CONSOLE_LOG_LEVEL", "Loud")]
    [InlineData("CONSOLE_DATABSE", "x")]
    public void A_fault_is_named_without_its_value(string name, string? value)
    {
        var environment = Complete();
        environment.Remove(name);
        if (value is not null)
        {
            environment[name] = value;
        }

        Assert.Null(ConsoleSettings.Read(environment, out var problems));

        Assert.Contains(name, Assert.Single(problems), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        Assert.Null(ConsoleSettings.Read(new Hashtable { ["CONSOLE_MANIFEST_DIR"] = "/nowhere" }, out var problems));

        Assert.Equal(4, problems.Count);
    }

    [Fact]
    public void The_database_may_be_in_a_file_but_not_in_both_places()
    {
        var file = Write("database", "Host=127.0.0.1;Username=console\n");
        var environment = Complete();
        environment["CONSOLE_DATABASE_FILE"] = file;
        Assert.Null(ConsoleSettings.Read(environment, out var problems));
        Assert.Contains("both", Assert.Single(problems), StringComparison.Ordinal);

        environment.Remove("CONSOLE_DATABASE");
        Assert.Equal("Host=127.0.0.1;Username=console", ConsoleSettings.Read(environment, out _)?.Database);
    }

    private Hashtable Complete()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = Write("launcher.pem", pair.ExportSubjectPublicKeyInfoPem());
        Write("manifest.json", "{}");
        return new Hashtable
        {
            ["CONSOLE_DATABASE"] = "Host=127.0.0.1;Username=console",
            ["CONSOLE_GATEWAY_BINARY"] = key,
            ["CONSOLE_MANIFEST_DIR"] = _folder,
            ["CONSOLE_LAUNCH_PUBLIC_KEYS"] = $"launcher={key},tasker={key}",
            ["PATH"] = "/usr/bin",
        };
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
