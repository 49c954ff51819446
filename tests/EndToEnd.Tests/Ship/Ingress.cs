using System.Globalization;
using AgentGateway.EndToEnd.Tests.System;
using AgentGateway.Support;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>nginx before all replicas, for agents and for backends; a replica can be taken out of it and put back under load.</summary>
internal sealed class Ingress : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _program;
    private readonly IReadOnlyList<(Uri Agents, Uri Inside)> _replicas;
    private readonly ChildProcess _nginx;

    private Ingress(string program, string folder, IReadOnlyList<(Uri Agents, Uri Inside)> replicas)
    {
        _program = program;
        _folder = folder;
        _replicas = replicas;
        Write(away: null);
        _nginx = ChildProcess.Start(program, Arguments("-g", "daemon off;"), ChildProcess.PlainEnvironment(), folder);
    }

    public Uri Agents { get; } = Loopback.FreeAddress();

    public Uri Inside { get; } = Loopback.FreeAddress();

    public string Log => $"--- nginx\n{_nginx.Output}{_nginx.Error}";

    /// <summary>Skips the test, aloud, where there is no nginx.</summary>
    public static string RequireProgram()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/local/sbin");
        var found = places.Where(place => place.Length > 0).Select(place => Path.Combine(place, "nginx")).FirstOrDefault(File.Exists);
        Skip.If(found is null || !OperatingSystem.IsLinux(), "NOT TESTED: nginx is not installed (apt-get install nginx-light).");
        return found!;
    }

    public static async Task<Ingress> StartAsync(string program, string folder, FleetSettings settings)
    {
        var ingress = new Ingress(program, folder, settings.Replicas);
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(ingress.PidFile) && ingress.Workers().Count > 0));
        return ingress;
    }

    /// <summary>From the moment this ends, nothing of a call is under way between nginx and that replica.</summary>
    public Task TakeOutAsync(int replica) => ReloadAsync(replica);

    public Task PutBackAsync() => ReloadAsync(away: null);

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    private string PidFile => Path.Combine(_folder, "nginx.pid");

    private IEnumerable<string> Arguments(params string[] more) =>
        ["-p", _folder, "-c", Path.Combine(_folder, "nginx.conf"), "-e", "stderr", .. more];

    // The workers of before end with the last call they carry.
    private async Task ReloadAsync(int? away)
    {
        Write(away);
        var before = Workers();
        await using var reload = ChildProcess.Start(_program, Arguments("-s", "reload"), ChildProcess.PlainEnvironment(), _folder);
        Assert.True(await reload.WaitForExitAsync(TimeSpan.FromSeconds(30)) && reload.ExitCode == 0, reload.Error);
        await Eventually.TrueAsync(() => Task.FromResult(!Workers().Overlaps(before)));
    }

    private HashSet<int> Workers()
    {
        var master = File.ReadAllText(PidFile).Trim();
        return master.Length == 0 ? [] :
        [
            .. File.ReadAllText($"/proc/{master}/task/{master}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => int.Parse(word, CultureInfo.InvariantCulture)),
        ];
    }

    // A connection for each call: one that is kept may close at the moment of the next call, and then nobody knows its end.
    private void Write(int? away) => File.WriteAllText(Path.Combine(_folder, "nginx.conf"), $$"""
        pid nginx.pid;
        worker_processes 1;
        events { worker_connections 1024; }
        http {
          access_log off;
          keepalive_timeout 0;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          proxy_http_version 1.1;
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-For $remote_addr;
          upstream agents { {{Servers(replica => replica.Agents, away)}} }
          upstream inside { {{Servers(replica => replica.Inside, away)}} }
          server { listen {{Agents.Authority}}; location / { proxy_pass http://agents; } }
          server { listen {{Inside.Authority}}; location / { proxy_pass http://inside; } }
        }
        """);

    private string Servers(Func<(Uri Agents, Uri Inside), Uri> listener, int? away) => string.Join(' ', _replicas.Select(
        (replica, number) => $"server {listener(replica).Authority}{(number == away ? " down" : "")};"));
}
