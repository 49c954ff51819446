namespace AgentGateway.Bench.Rig;

/// <summary>Debian's nginx as a plain reverse proxy, with a configuration of its own, when the machine has it.</summary>
internal static class Nginx
{
    public const string Missing = "nginx is not installed (on Debian: apt-get install --no-install-recommends nginx)";

    public const int Workers = 2;

    private static readonly string[] Folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin"];

    public static string? Program { get; } =
        Folders.Select(folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);

    public static RunningProgram Start(Programs programs, string program, int port, int upstreamPort)
    {
        var folder = Directory.CreateDirectory(Path.Combine(programs.Folder, "nginx")).FullName;
        var configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, Configuration(folder, port, upstreamPort));
        return programs.Start(
            "nginx", program, ["-p", folder, "-c", configuration, "-e", "stderr"], new Dictionary<string, string>());
    }

    // As good as nginx gets at passing small requests on: connections are kept on both sides and nothing is logged.
    private static string Configuration(string folder, int port, int upstreamPort) => $$"""
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        daemon off;
        worker_processes {{Workers}};
        pid {{folder}}/nginx.pid;
        error_log stderr error;
        events { worker_connections 2048; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          keepalive_requests 1000000000;
          upstream tasker {
            server 127.0.0.1:{{upstreamPort}};
            keepalive 256;
            keepalive_requests 1000000000;
          }
          server {
            listen 127.0.0.1:{{port}};
            tcp_nodelay on;
            location / {
              proxy_pass http://tasker;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
            }
          }
        }
        """;
}
