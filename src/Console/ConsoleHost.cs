using AgentGateway.Canon;
using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;
using AgentGateway.Console.Book;
using AgentGateway.Console.Review;
using AgentGateway.Console.Routes;
using Npgsql;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AgentGateway.Console;

/// <summary>Puts the parts of the console together: Canon's sign-in and look, the book it reads, the gateway it asks.</summary>
internal static class ConsoleHost
{
    private static readonly Phrasebook Words = Phrasebook.Of(typeof(ConsoleHost).Assembly);
    private static readonly CanonAssets Assets = new(typeof(ConsoleHost).Assembly, "console/");

    public static WebApplication Build(ConsoleSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = Csrf.LargestForm;
        });
        builder.Services.AddSerilog((_, log) => log
            .MinimumLevel.Is(Enum.Parse<LogEventLevel>(settings.LogLevel))
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .WriteTo.Console(new CompactJsonFormatter()));

        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        builder.Services.AddSingleton(settings);
        builder.Services.AddCanon(App(settings));
        builder.Services.AddSingleton(_ => BookDatabase.Open(settings.Database));
        builder.Services.AddSingleton<CallReader>();
        builder.Services.AddSingleton<AgentReader>();
        builder.Services.AddSingleton<ChartReader>();
        builder.Services.AddSingleton<OverviewReader>();
        builder.Services.AddSingleton<GatewayProgram>();
        builder.Services.AddSingleton<ManifestReader>();
        builder.Services.AddSingleton<Explainer>();
        builder.Services.AddSingleton<Verification>();
        builder.Services.AddHostedService<FirstRead>();

        var app = builder.Build();
        app.MapGet("/healthz", () => TypedResults.Ok(new { status = "ok" }));
        app.MapGet("/readyz", ReadyAsync);
        app.MapGet("/console/{digest}/{name}", (HttpContext http, string digest, string name) => Assets.Serve(http, digest, name));
        var pages = app.MapCanon();
        pages.MapReview();
        pages.MapCalls();
        pages.MapAgents();
        pages.MapIntegrity();
        pages.MapFallback((HttpContext http) => Missing.Page(http));
        return app;
    }

    private static CanonApp App(ConsoleSettings settings) => new()
    {
        Id = "console",
        Title = "Agent Gateway",
        Trusted = settings.Trusted,
        SignInAt = settings.SignInAt,
        HowToSignIn = "sign_in.how",
        Words = Words,
        Styles = [Assets.Url("console.css")],
        Modules = [Assets.Url("console.js")],
        Navigation = Navigate,
        Explain = Explain,
    };

    private static IReadOnlyList<NavLink> Navigate(Visit visit)
    {
        if (visit.Session is null)
        {
            return [];
        }

        IEnumerable<string> pages = visit.Person.Role == Role.Owner
            ? ["calls", "agents", "explain", "charts", "routes"]
            : ["calls", "agents", "routes", "explain", "charts", "integrity"];
        return [new("/", visit.Words["nav.home"]), .. pages.Select(page => new NavLink("/" + page, visit.Words["nav." + page]))];
    }

    private static Trouble? Explain(Exception failure, Visit visit)
    {
        string? key = failure switch
        {
            WritableBookException => "writable",
            NpgsqlException { InnerException: WritableBookException } => "writable",
            PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => "slow",
            NpgsqlException { InnerException: TimeoutException } => "slow",
            NpgsqlException or TimeoutException => "away",
            ManifestFaultyException => "faulty",
            GatewayProgramException => "gateway",
            _ => null,
        };
        return key is null ? null : new Trouble(
            StatusCodes.Status503ServiceUnavailable,
            visit.Words["trouble." + key],
            failure is ManifestFaultyException or GatewayProgramException ? failure.Message : visit.Words[$"trouble.{key}.text"]);
    }

    private static async Task<IResult> ReadyAsync(NpgsqlDataSource book, CancellationToken cancel)
    {
        try
        {
            await using var command = book.CreateCommand("SELECT count(*) FROM schema_migrations");
            await command.ExecuteScalarAsync(cancel);
            return TypedResults.Ok(new { ready = true });
        }
        catch (Exception failure) when (failure is NpgsqlException or WritableBookException or TimeoutException)
        {
            return TypedResults.Json(new { ready = false }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
