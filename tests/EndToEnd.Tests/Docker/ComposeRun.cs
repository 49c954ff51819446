using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AgentGateway.EndToEnd.Tests.System;
using AgentGateway.Support;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>
/// compose.yaml without containers: each service's entrypoint, command, settings, secrets and health check as the files have them,
/// in the order of <c>depends_on</c>. Only addresses and folders are this machine's.
/// </summary>
internal sealed partial class ComposeRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new("compose");
    private readonly Dictionary<string, int> _ports = [];
    private readonly List<(string Service, ChildProcess Process)> _running = [];
    private PostgresCluster? _postgres;

    /// <summary>The services in the order in which they were ready or done.</summary>
    public List<string> Order { get; } = [];

    public IReadOnlyList<string> Running => [.. _running.Select(one => one.Service)];

    public Uri At(int published) => Loopback.At(_ports[published.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Starts a service after all it depends on.</summary>
    public async Task UpAsync(string service)
    {
        if (Order.Contains(service))
        {
            return;
        }

        foreach (var (other, terms) in ComposeFile.Service(service).Members("depends_on"))
        {
            await UpAsync(other);
            var isDone = Running.All(running => running != other) && other != "postgres";
            Assert.Equal(isDone ? "service_completed_successfully" : "service_healthy", ComposeFile.Text(terms["condition"]));
        }

        await (service == "postgres" ? StartPostgresAsync() : StartAsync(service));
        Order.Add(service);
    }

    /// <summary>Asks a service to stop, as Compose does; answers its exit code.</summary>
    public async Task<int> StopAsync(string service)
    {
        var process = _running.Single(one => one.Service == service).Process;
        await process.TerminateAsync();
        Assert.True(await process.WaitForExitAsync(TimeSpan.FromSeconds(30)), $"{service} does not stop.");
        return process.ExitCode;
    }

    /// <summary>Runs a command in the place of a service's own, with its settings.</summary>
    public async Task<(int Code, string Error)> RunAsync(string service, params string[] command)
    {
        await using var process = Begin(service, command);
        Assert.True(await process.WaitForExitAsync(Patience), $"{service} {string.Join(' ', command)} does not end.");
        return (process.ExitCode, process.Error);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _running)
        {
            await process.DisposeAsync();
        }

        if (_postgres is { } postgres)
        {
            await postgres.DisposeAsync();
        }

        _folder.Dispose();
    }

    // What initdb runs the first time in the container runs here; the secrets then name this server.
    private async Task StartPostgresAsync()
    {
        await RunToolAsync("bash", Path.Combine(ComposeFile.Folder, "make-secrets.sh"), Secrets);
        _postgres = await PostgresCluster.StartNewAsync(fsync: false);
        await RunToolAsync(
            Path.Combine(PostgresBinaries.Directory, "psql"), "-X", "-q", "-h", "127.0.0.1",
            "-p", _postgres.Port.ToString(CultureInfo.InvariantCulture), "-U", "postgres",
            "-f", Path.Combine(ComposeFile.Folder, "postgres", "roles.sql"));
        foreach (var secret in Directory.EnumerateFiles(Secrets, "*_database"))
        {
            var text = await File.ReadAllTextAsync(secret);
            await File.WriteAllTextAsync(secret, text.Replace("Host=postgres", $"Host=127.0.0.1;Port={_postgres.Port}", StringComparison.Ordinal));
        }
    }

    private async Task StartAsync(string service)
    {
        if (ComposeFile.Service(service).Words("command") is ["migrate"] command)
        {
            var (code, error) = await RunAsync(service, [.. command]);
            Assert.True(code == 0, error);
            return;
        }

        var process = Begin(service, ImageOf(service).Words("CMD"));
        _running.Add((service, process));
        var check = ((YamlDotNet.RepresentationModel.YamlMappingNode)ComposeFile.Service(service)["healthcheck"]).Words("test");
        Assert.Equal(("CMD", service), (check[0], check[1]));
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var (code, error) = await RunAsync(service, [.. check.Skip(2)]);
            if (code == 0)
            {
                return;
            }

            Assert.True(code == 1 && !process.HasExited && clock.Elapsed < Patience, $"{service}: {error}\n{process.Output}{process.Error}");
        }
    }

    private ChildProcess Begin(string service, IEnumerable<string> command)
    {
        var image = ImageOf(service);
        var environment = ChildProcess.PlainEnvironment();
        foreach (var (name, value) in image.Environment.Where(variable => variable.Name != "PATH"))
        {
            environment[name] = Here(value);
        }

        foreach (var (name, value) in ComposeFile.Service(service).Members("environment"))
        {
            environment[name] = Here(ComposeFile.Text(value));
        }

        return ChildProcess.Start(ProgramOf(image.Words("ENTRYPOINT").Single()), command, environment, _folder.Root);
    }

    private static Dockerfile ImageOf(string service)
    {
        var file = ComposeFile.Text(ComposeFile.Service(service).Members("build")["dockerfile"]);
        return new Dockerfile(Path.GetFileName(file)[..^".Dockerfile".Length]);
    }

    private static string ProgramOf(string path) => path switch
    {
        "/app/gateway" or "/app/gateway/gateway" => Programs.Gateway,
        "/app/tasker" => Programs.Tasker,
        "/app/launcher" => Programs.Launcher,
        "/app/console" => Programs.Console,
        _ => throw new InvalidOperationException($"No image has {path}."),
    };

    public string Secrets => Path.Combine(_folder.Root, "secrets");

    private string Here(string value)
    {
        if (value.StartsWith("/app/config", StringComparison.Ordinal))
        {
            return Path.Combine(Programs.Repository, "config");
        }

        if (value.StartsWith("/app/", StringComparison.Ordinal))
        {
            return ProgramOf(value);
        }

        value = value.Replace("/run/secrets", Secrets, StringComparison.Ordinal)
            .Replace("/var/lib/gateway", _folder.Make("audit"), StringComparison.Ordinal);
        return Address().Replace(value, match => $"http://127.0.0.1:{PortOf(match.Groups[1].Value)}");
    }

    private int PortOf(string published) =>
        _ports.TryGetValue(published, out var port) ? port : _ports[published] = Loopback.FreePort();

    private async Task RunToolAsync(string program, params string[] arguments)
    {
        var environment = ChildProcess.PlainEnvironment();
        environment["ROLES_FOLDER"] = Secrets;
        await using var run = ChildProcess.Start(program, arguments, environment, Programs.Repository);
        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.True(run.ExitCode == 0, run.Error);
    }

    [GeneratedRegex(@"http://(?:0\.0\.0\.0|localhost|[a-z]+):(\d+)")]
    private static partial Regex Address();
}
