using System.Globalization;
using AgentGateway.Contract.Wire;

namespace AgentGateway.Contract.Check;

/// <summary>What the checks share: the callers, the two projects, and cards that this run made itself.</summary>
internal sealed class Rig(ContractOptions options, HttpClient http)
{
    public const string AllScopes =
        "project:read member:read card:read card:create card:update card:move card:close card:comment card:mention card:label card:assign "
        + "card:link card:content:append card:content:replace card:content:check session:report";

    private readonly List<string> _made = [];
    private readonly string _run = NewKey()[^8..];
    private Guid? _project;
    private Guid? _second;

    public ContractOptions Options => options;

    public IReadOnlyList<string> Made => _made;

    public static string NewKey() => Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture);

    /// <summary>An agent that was granted no project.</summary>
    public AdapterClient Nobody => new(http, options);

    /// <summary>The agent, with the project and everything in it.</summary>
    public async Task<AdapterClient> AgentAsync() => Nobody with { Projects = Text(await ProjectAsync()) };

    /// <summary>Another agent of the same owner.</summary>
    public async Task<AdapterClient> OtherAsync() => await AgentAsync() with { AgentId = $"check2-{options.Owner:N}" };

    /// <summary>The agent, with the second project alone.</summary>
    public async Task<AdapterClient> SecondAgentAsync() => Nobody with { Projects = Text(await SecondProjectAsync()) };

    public async Task<Guid> ProjectAsync() => _project ??= await ResolveAsync(options.Project);

    public async Task<Guid> SecondProjectAsync() => _second ??= await ResolveAsync(options.SecondProject);

    public async Task<string> CardAsync(object? more = null) => await CardAsync(await AgentAsync(), await ProjectAsync(), more);

    public async Task<string> SecondCardAsync() => await CardAsync(await SecondAgentAsync(), await SecondProjectAsync(), null);

    public string Title() => $"Contract check {_run}-{_made.Count + 1}";

    /// <summary>Takes note of a card that a check made by itself.</summary>
    public string Note(Answer created)
    {
        created.Is(201);
        var card = created.Text("card");
        _made.Add(card);
        return card;
    }

    /// <summary>A state of the project in one of the groups; null when it has none.</summary>
    public async Task<string?> StateAsync(string group)
    {
        var context = (await (await AgentAsync()).GetAsync($"/projects/{await ProjectAsync()}/context?include=states")).Is(200);
        return context.Items("states").FirstOrDefault(state => $"{state["group"]}" == group)?["name"]?.ToString();
    }

    private static string Text(Guid id) => id.ToString("D");

    private async Task<string> CardAsync(AdapterClient agent, Guid project, object? more) => Note(await agent.PostAsync(
        $"/projects/{project}/cards", AdapterClient.Merge(new { title = Title(), allow_duplicate = true }, more)));

    private async Task<Guid> ResolveAsync(string key)
    {
        var answer = await Nobody.GetAsync($"/workspaces/{options.Workspace}/projects/resolve?q={Uri.EscapeDataString(key)}");
        return Guid.TryParse(answer.Is(200).Text("id"), out var id)
            ? id
            : throw new BrokenPromiseException($"Project {key} was resolved to no id.");
    }
}
