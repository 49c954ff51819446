using System.Globalization;
using System.Text.Json.Nodes;
using AgentGateway.Browser.Tests.Rig;
using AgentGateway.Canon.SignIn;
using AgentGateway.Support;
using Microsoft.Playwright;

namespace AgentGateway.Browser.Tests.Tasker;

/// <summary>Tasker's pages before a real gateway, with Anna entitled; started once for all of its tests.</summary>
public sealed class TaskerSite : IAsyncLifetime
{
    /// <summary>Who administers the seeded workspace.</summary>
    public static readonly Guid Anna = Guid.Parse("0a1a2a3a-0000-4000-8000-00000000a001");

    private TaskerSystem? _system;

    public TaskerSystem Programs => _system ?? throw new InvalidOperationException("The system has not been started.");

    public async Task InitializeAsync()
    {
        _system = await TaskerSystem.StartAsync();
        await Programs.EntitleAsync(Anna);
    }

    public async Task DisposeAsync() => await Programs.DisposeAsync();

    /// <summary>A tab in which Anna has come from the Launcher: by a form of another origin.</summary>
    public async Task<Tab> EnterAsync(Chromium chromium, string path, bool isDark = false, bool hasScript = true, int width = 1280)
    {
        var key = LaunchKeys.ReadPrivate("test", Programs.LauncherKey, []) ?? throw new InvalidOperationException("No key.");
        var person = new Person(Anna.ToString("D"), "Anna Petrova", Role.Owner, TaskerSystem.Client);
        var token = new LaunchIssuer("launcher", key, TimeProvider.System).Issue("tasker", person);
        var tab = await chromium.OpenAsync(Programs.Tasker, isDark, hasScript, width);
        await tab.Page.SetContentAsync(string.Create(CultureInfo.InvariantCulture, $"""
            <form method="post" action="{new Uri(Programs.Tasker, "/launch")}"><input name="token" value="{token}"><button>Open Tasker</button></form>
            """));
        await tab.Page.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(tab.Page).ToHaveURLAsync(Programs.Tasker.AbsoluteUri);
        await tab.GoAsync(path);
        return tab;
    }

    /// <summary>An agent of Anna's, made past the pages.</summary>
    public async Task<string> CreateAgentAsync(string name, string bundle = "contributor")
    {
        var made = await Programs.AskAsync(HttpMethod.Post, $"owners/{Anna:D}/agents", new JsonObject
        {
            ["name"] = name,
            ["workspace"] = "nodedc",
            ["mode"] = "full",
            ["owner_name"] = "Anna Petrova",
            ["grants"] = new JsonArray(
                new JsonObject { ["project"] = "NDC", ["bundle"] = bundle }),
        });
        return (string)made["agent"]!["id"]!;
    }
}
