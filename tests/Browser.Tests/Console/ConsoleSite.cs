using System.Security.Cryptography;
using AgentGateway.Browser.Tests.Rig;
using AgentGateway.Canon.SignIn;
using AgentGateway.Support;

namespace AgentGateway.Browser.Tests.Console;

/// <summary>The console as a process of its own over a seeded book, and the issuer that signs people in.</summary>
public sealed class ConsoleSite : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("console-").FullName;
    private readonly ECDsa _pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private ServerProgram? _console;
    private LaunchIssuer? _launcher;
    private Book? _book;

    public Uri Address { get; } = Loopback.FreeAddress();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    internal Book Book => _book ?? throw new InvalidOperationException("The console has not been started.");

    internal string File(string name) => Path.Combine(_folder, name);

    public async Task InitializeAsync()
    {
        _book = await Book.CreateAsync(_folder);
        await Book.AddAgentAsync(Book.OlgasAgent, "Olga's laptop", Book.Olga, "Olga Ivanova");
        await Book.AddAgentAsync(Book.PavelsAgent, "Pavel's desk", Book.Pavel, "Pavel Petrov");
        foreach (var (index, name) in Naughty.Names.Index())
        {
            await Book.AddAgentAsync($"ag_naughty{index:D3}", name, Book.Olga, name[..Math.Min(name.Length, 100)]);
        }

        await Book.AddCallsAsync(10_000, await Book.ManifestAsync(File("routes.json")));
        CopyManifest(File("before"));
        await System.IO.File.WriteAllTextAsync(File("launcher.pem"), _pair.ExportSubjectPublicKeyInfoPem());
        await ServerProgram.RunAsync(
            Book.Gateway, ["audit", "keygen", "--private", File("seal.key"), "--public", File("seal.pem")], Book.Environment(), File("keygen.log"));
        _launcher = new LaunchIssuer(
            "launcher", LaunchKeys.ReadPrivate("KEY", _pair.ExportPkcs8PrivateKeyPem(), [])!, TimeProvider.System);
        _console = Start(Book.Reader, Address);
        await _console.WaitUntilReadyAsync(Client, new Uri(Address, "/readyz"));
    }

    public async Task DisposeAsync()
    {
        if (_console is not null)
        {
            await _console.DisposeAsync();
        }

        Client.Dispose();
        _pair.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal ServerProgram Start(string database, Uri address) => ServerProgram.Start(
        ServerProgram.Built("Console", "console"), ["serve"], Environment(database, address), File($"console-{address.Port}.log"));

    internal Dictionary<string, string> Environment(string database, Uri address) => new()
    {
        ["CONSOLE_URLS"] = address.GetLeftPart(UriPartial.Authority),
        ["CONSOLE_DATABASE"] = database,
        ["CONSOLE_GATEWAY_BINARY"] = Book.Gateway,
        ["CONSOLE_MANIFEST_DIR"] = Repository.At("config"),
        ["CONSOLE_PREVIOUS_MANIFEST_DIR"] = File("before"),
        ["CONSOLE_LAUNCH_PUBLIC_KEYS"] = $"launcher={File("launcher.pem")}",
        ["CONSOLE_CHECKPOINT_PUBLIC_KEYS"] = File("seal.pem"),
    };

    internal string Token(Role role, string id = Book.Olga) =>
        (_launcher ?? throw new InvalidOperationException("Not started.")).Issue("console", new Person(id, $"The {role}", role));

    /// <summary>A cookie of somebody who has just signed in.</summary>
    internal async Task<string> SignInAsync(Role role, string id = Book.Olga, Uri? address = null)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = Token(role, id) });
        using var response = await Client.PostAsync(new Uri(address ?? Address, "/launch"), form);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    /// <summary>The manifest as it might have been before: links took the right to update cards.</summary>
    private static void CopyManifest(string to)
    {
        var from = Repository.At("config");
        foreach (var file in Directory.EnumerateFiles(from, "*.json", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            System.IO.File.WriteAllText(copy, System.IO.File.ReadAllText(file)
                .Replace("\"Scope\": \"card:link\",", "\"Scope\": \"card:update\",", StringComparison.Ordinal));
        }
    }

    internal async Task<HttpResponseMessage> GetAsync(string path, string? cookie, Uri? address = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address ?? Address, path));
        request.Headers.TryAddWithoutValidation("Cookie", cookie ?? "");
        return await Client.SendAsync(request);
    }

    internal async Task<Tab> EnterAsync(Chromium chromium, Role role, bool isDark = false, int width = 1280)
    {
        var tab = await chromium.OpenAsync(Address, isDark, width: width);
        var cookie = (await SignInAsync(role)).Split('=', 2);
        await tab.Page.Context.AddCookiesAsync(
        [
            new() { Name = cookie[0], Value = cookie[1], Domain = "127.0.0.1", Path = "/", Secure = true, HttpOnly = true },
        ]);
        return tab;
    }
}
