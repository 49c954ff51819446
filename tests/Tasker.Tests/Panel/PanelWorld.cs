using System.Security.Cryptography;
using AgentGateway.Canon.SignIn;
using AgentGateway.Support;
using AgentGateway.Tasker.Agents.Backend;
using AgentGateway.Tasker.Seed;
using AgentGateway.Tasker.SignIn;
using AgentGateway.Tasker.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentGateway.Tasker.Tests.Panel;

/// <summary>A seeded Tasker that people sign in to, before a gateway that answers what a test says.</summary>
public sealed class PanelWorld : IAsyncLifetime
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tasker-panel");
    private WebApplication? _app;
    private GatewayStub? _gateway;

    /// <summary>Administers the workspace.</summary>
    public static Guid Anna => SeedIds.Owner;

    /// <summary>A member and no more.</summary>
    public static Guid Maria => SeedIds.Person("maria");

    public Uri Site { get; private set; } = new("http://127.0.0.1");

    internal GatewayStub Gateway => _gateway ?? throw new InvalidOperationException("The world has not been made.");

    public async Task InitializeAsync()
    {
        _gateway = await GatewayStub.StartAsync();
        var database = await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync();
        await Migrator.ApplyAsync(database, CancellationToken.None);
        await using (var source = NpgsqlDataSource.Create(database))
        {
            await new TrackerSeed(source, TimeProvider.System).RunAsync(CancellationToken.None);
        }

        var path = Path.Combine(_folder.FullName, "launcher.pem");
        await File.WriteAllTextAsync(path, _key.ExportSubjectPublicKeyInfoPem());
        _app = TaskerHost.Build(new TaskerSettings
        {
            Urls = "http://127.0.0.1:0",
            Database = database,
            InternalTokens = ["internal-token-0123456789abcdef0123"],
            RawApiKey = "raw-api-key-0123456789abcdef0123456789",
            PublicUrl = new Uri("http://127.0.0.1"),
            LogLevel = "Error",
            Gateway = new GatewayAccess { Url = _gateway.Address, Token = GatewayStub.Token, PublicUrl = _gateway.Address },
            Launch = new LaunchPartners { Trusted = LaunchKeys.ReadTrusted("test", $"launcher={path}", []) },
        });
        await _app.StartAsync();
        Site = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await Gateway.DisposeAsync();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A browser in which the person is signed in.</summary>
    public async Task<HttpClient> SignInAsync(Guid person, Role role = Role.Owner)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Site };
        var key = LaunchKeys.ReadPrivate("test", _key.ExportECPrivateKeyPem(), []) ?? throw new InvalidOperationException("No key.");
        var token = new LaunchIssuer("launcher", key, TimeProvider.System).Issue("tasker", new Person(person.ToString("D"), "Somebody", role));
        using var launched = await http.PostAsync(
            new Uri("/launch", UriKind.Relative), new FormUrlEncodedContent([KeyValuePair.Create("token", token)]));
        http.DefaultRequestHeaders.Add("Cookie", launched.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return http;
    }
}
