using System.Text.RegularExpressions;
using AgentGateway.Browser.Tests.Rig;
using AgentGateway.Launcher;
using AgentGateway.Launcher.Seed;
using AgentGateway.Launcher.SignIn;
using AgentGateway.Launcher.Storage;
using AgentGateway.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Npgsql;

namespace AgentGateway.Browser.Tests.Launcher;

/// <summary>The reference Launcher with its sample people, on a database of its own; its gateway is away.</summary>
internal sealed class LauncherSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LauncherSite(WebApplication app, NpgsqlDataSource database, SeedReport people)
    {
        _app = app;
        Database = database;
        People = people.Users.ToDictionary(user => user.Name.Split(' ')[0], user => user.Id);
    }

    public NpgsqlDataSource Database { get; }

    /// <summary>By first name: Anna is root, Boris admin, Vera and Иван are members; Vera is not entitled.</summary>
    public IReadOnlyDictionary<string, Guid> People { get; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<LauncherSite> StartAsync()
    {
        var connection = await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync();
        await Migrator.ApplyAsync(connection, CancellationToken.None);
        var database = LauncherDatabase.Open(connection);
        var people = await LauncherSeed.RunAsync(database, CancellationToken.None);
        var app = LauncherHost.Build(new LauncherSettings
        {
            Urls = "http://127.0.0.1:0",
            Database = connection,
            ApiTokens = ["token-of-the-administrators-0123456789"],
            InternalTokens = ["token-for-the-access-check-0123456789"],
            GatewayUrl = new Uri("http://127.0.0.1:1"),
            GatewayToken = "token-nobody-ever-gets-to-see-0123456789",
            DemoSignIn = true,
            LogLevel = "Error",
        });
        await app.StartAsync();
        return new LauncherSite(app, database, people);
    }

    /// <summary>A tab in which this person has signed in by the demonstration's button.</summary>
    public async Task<Tab> EnterAsync(Chromium chromium, string name, bool isDark = false, int width = 1280, string language = "en-GB")
    {
        var tab = await chromium.OpenAsync(Address, isDark, width: width, language: language);
        await tab.GoAsync("/sign-in");
        await tab.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = name }).GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(tab.Page).ToHaveURLAsync(new Regex("/$"));
        return tab;
    }

    public async Task<string> LinkAsync(string name) =>
        "/sign-in/" + (await new SignInLinks(Database).MakeAsync(People[name], CancellationToken.None))!.Code;

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T?)await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }
}
