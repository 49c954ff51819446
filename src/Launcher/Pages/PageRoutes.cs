using AgentGateway.Canon.Serve;
using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.Pages.Access;
using AgentGateway.Launcher.Pages.Home;
using AgentGateway.Launcher.Pages.Records;
using AgentGateway.Launcher.Pages.SignIn;
using AgentGateway.Launcher.Web;
using Microsoft.AspNetCore.Components;
using PageVisit = AgentGateway.Canon.Serve.Visit;
using Visit = AgentGateway.Launcher.Web.Visit;

namespace AgentGateway.Launcher.Pages;

/// <summary>The pages for people; each change goes through the same code as the API's.</summary>
internal static class PageRoutes
{
    /// <summary>The field that names the page a form stands on.</summary>
    public const string From = "from";

    private const string Person = "/clients/{client}/people/{user}";

    public static void MapPages(this WebApplication app)
    {
        var flow = app.Services.GetRequiredService<PageFlow>();
        var launches = app.Services.GetRequiredService<Launches>();
        var pages = app.MapCanon();
        pages.MapSignIn();

        Show<HomePage, HomeView>("/", visit => HomeView.ReadAsync(visit, launches.Partners));
        Show<PeoplePage, PeopleView>("/clients/{client}/people", PeopleView.ReadAsync);
        Show<PeoplePage, PeopleView>(Person, PeopleView.ReadOneAsync);
        Show<ChangesPage, ChangesView>("/clients/{client}/changes", ChangesView.ReadAsync);
        Show<ChangesPage, ChangesView>("/changes", ChangesView.ReadAsync);
        Show<DeliveriesPage, DeliveriesView>("/clients/{client}/deliveries", DeliveriesView.ReadAsync);

        Change($"{Person}/modules/{Projection.CodexAgents}", ModuleSwitch.PutAsync, (done, words) =>
            words[!done.Changed ? "said.same" : done.Entitlement.Enabled ? "said.enabled" : "said.disabled"], "enabled");
        Change(Person + "/block", BlockSwitch.BlockAsync, (done, words) => words[done.Changed ? "said.blocked" : "said.same"]);
        Change(Person + "/unblock", BlockSwitch.UnblockAsync, (done, words) => words[done.Changed ? "said.unblocked" : "said.same"]);
        pages.MapPost("/clients/{client}/open/{partner}", Answer(async http =>
            (await flow.RunAsync(http, visit => launches.OpenAsync(visit, PageVisit.Of(http).Person.Name))).ToPage()));
        pages.MapGet("/{**rest}", Answer(_ => throw Refuse.Route()));

        void Show<TPage, T>(string path, Func<Visit, Task<T>> read)
            where TPage : IComponent
            where T : class => pages.MapGet(path, Answer(async http => PageResult.Of<TPage>(await flow.RunAsync(http, read))));

        void Change<T>(string path, Func<Visit, Task<T>> act, Func<T, Words, string> say, params string[] flags) =>
            pages.MapPost(path, Answer(http => flow.ChangeAsync(http, act, say, Next(http), flags)));
    }

    // A delegate of this shape would be taken for one that has answered already.
    private static RequestDelegate Answer(Func<HttpContext, Task<IResult>> answer) =>
        async http => await (await answer(http)).ExecuteAsync(http);

    // The dialog that the form stood in opens again and shows what became of it.
    private static string Next(HttpContext http)
    {
        var client = (string)http.Request.RouteValues["client"]!;
        return http.Request.Form[From] == "home"
            ? "/#core-" + Uri.EscapeDataString(client)
            : $"/clients/{Uri.EscapeDataString(client)}/people/{Uri.EscapeDataString((string)http.Request.RouteValues["user"]!)}";
    }
}
