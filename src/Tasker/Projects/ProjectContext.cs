using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Members;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;

namespace AgentGateway.Tasker.Projects;

/// <summary>A state and where cards may go from it.</summary>
internal sealed record StateView(
    Guid Id, string Name, string Group, string Color, double Order, bool Default, IReadOnlyList<string> CanMoveTo);

/// <summary>A label and the one it is filed under.</summary>
internal sealed record LabelView(
    Guid Id, string Name, string Color, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Group);

/// <summary>Something the caller should know about an answer or a write that otherwise succeeded.</summary>
internal sealed record Warning(string Code, string Message);

/// <summary>A project's words: its states, labels, people, estimates and conventions, cut to what a model can read.</summary>
internal sealed record ProjectContext
{
    // A little below 24 KB: the version is added last.
    private const int MostBytes = (24 * 1024) - 64;
    private const int LongestConventions = 4_000;

    private static readonly string[] Parts = ["states", "labels", "members", "estimates", "conventions"];
    private static readonly string[] DefaultParts = ["states", "labels", "members"];

    public required Guid ProjectId { get; init; }

    public required ProjectView Project { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StateView>? States { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LabelView>? Labels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MemberView>? Members { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EstimateRow>? Estimates { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Conventions { get; init; }

    public IReadOnlyList<string> Truncated { get; init; } = [];

    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    public string Version { get; init; } = "";

    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "include");
        var include = query.Words("include", Parts) ?? DefaultParts.ToHashSet();
        var project = await ProjectRow.FromRouteAsync(visit, http);
        project.Demand("project:read");
        var people = include.Contains("members");
        var mayReadPeople = visit.Caller.Scopes.Contains("member:read");
        var whole = new ProjectContext
        {
            ProjectId = project.Id,
            Project = (await ProjectView.OfAsync(visit, [project.Id]))[0],
            States = include.Contains("states") ? await StatesAsync(visit, project) : null,
            Labels = include.Contains("labels")
                ? [.. (await LabelRow.OfAsync(visit, project)).Select(label => new LabelView(label.Id, label.Name, label.Color, label.Group))]
                : null,
            Members = people && mayReadPeople ? await MembersAsync(visit, project) : null,
            Estimates = include.Contains("estimates") ? await EstimateRow.OfAsync(visit, project) : null,
            Conventions = include.Contains("conventions") ? Cut(project) : null,
            Truncated = include.Contains("conventions") && project.Conventions?.Length > LongestConventions ? ["conventions"] : [],
            Warnings = people && !mayReadPeople
                ? [new Warning("member_read_missing", "People are left out: this agent may not read members.")]
                : [],
        };
        var context = Fit(whole);
        context = context with { Version = VersionOf(context) };
        return Outcome.Of(StatusCodes.Status200OK, context, AdapterJson.Wire.ProjectContext, context.Version);
    }

    private static string? Cut(ProjectRow project) =>
        project.Conventions is { } text ? Page.Text(text, LongestConventions, MostBytes / 3).Text : null;

    private static async Task<IReadOnlyList<StateView>> StatesAsync(Visit visit, ProjectRow project)
    {
        var states = await StateRow.OfAsync(visit, project);
        var mayClose = visit.Caller.Scopes.Contains("card:close");
        return [.. states.Select(state => new StateView(
            state.Id, state.Name, state.Group, state.Color, state.Order, state.Default,
            [.. states.Where(other => other.Id != state.Id && (mayClose || !other.Closes)).Select(other => other.Name)]))];
    }

    private static async Task<IReadOnlyList<MemberView>> MembersAsync(Visit visit, ProjectRow project) =>
        [.. (await People.OfWorkspaceAsync(visit, project.Id)).Known.Where(person => person.InProject).Select(MemberView.Of)];

    // The longest part gives way first: a reader who sees "truncated" can still ask for each part alone.
    private static ProjectContext Fit(ProjectContext context)
    {
        while (Size(context, AdapterJson.Wire.ProjectContext) > MostBytes)
        {
            var people = Size(context.Members ?? [], AdapterJson.Wire.IReadOnlyListMemberView);
            var labels = Size(context.Labels ?? [], AdapterJson.Wire.IReadOnlyListLabelView);
            var states = Size(context.States ?? [], AdapterJson.Wire.IReadOnlyListStateView);
            context = people >= labels && people >= states
                ? context with { Members = Half(context.Members), Truncated = With(context, "members") }
                : labels >= states
                    ? context with { Labels = Half(context.Labels), Truncated = With(context, "labels") }
                    : context with { States = Half(context.States), Truncated = With(context, "states") };
            if (people + labels + states < 8)
            {
                break;
            }
        }

        return context;
    }

    private static int Size<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(value, type).Length;

    private static IReadOnlyList<T>? Half<T>(IReadOnlyList<T>? items) => items is null ? null : [.. items.Take(items.Count / 2)];

    private static IReadOnlyList<string> With(ProjectContext context, string part) => [.. context.Truncated.Union([part])];

    // Numbers of cards change with every card; they are no part of what the version stands for.
    private static string VersionOf(ProjectContext context) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        context with { Project = context.Project with { OpenCards = 0, ActiveCards = 0 } }, AdapterJson.Wire.ProjectContext)))[..16];
}
