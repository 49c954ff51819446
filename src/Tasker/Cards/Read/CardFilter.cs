using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Members;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards.Read;

/// <summary>Conditions of a list of cards: constant SQL, every value a parameter.</summary>
internal sealed class CardFilter
{
    private const string Open = """s."group" IN ('backlog', 'unstarted', 'started')""";

    private readonly List<string> _always = [CardSummary.Visible];
    private readonly List<string> _states = [];

    public DynamicParameters Values { get; } = new();

    public string Always => string.Join(" AND ", _always);

    /// <summary>The part that chooses among states; totals per group are counted without it.</summary>
    public string States => _states.Count == 0 ? "true" : string.Join(" AND ", _states);

    public void Where(string condition) => _always.Add(condition);

    public void View(string view, Visit visit)
    {
        switch (view)
        {
            case "all":
                break;
            case "open":
                _states.Add(Open);
                break;
            case "done":
                _states.Add("""s."group" = 'completed'""");
                break;
            case "mine":
                _states.Add(Open);
                Values.Add("owner", visit.Owner.Id);
                Values.Add("agent", visit.Caller.AgentId);
                _always.Add(
                    """
                    (EXISTS (SELECT FROM issue_assignees a WHERE a.issue_id = i.id AND a.assignee_id = @owner AND a.deleted_at IS NULL)
                     OR EXISTS (SELECT FROM issue_activities a WHERE a.agent_id = @agent AND a.issue_id = i.id))
                    """);
                break;
            default:
                Groups([view]);
                break;
        }
    }

    public void Groups(string[] groups)
    {
        Values.Add("groups", groups);
        _states.Add("""s."group" = ANY(@groups)""");
    }

    public void InStates(IReadOnlyList<StateRow> states)
    {
        Values.Add("states", states.Select(state => state.Id).ToArray());
        _states.Add("i.state_id = ANY(@states)");
    }

    public void HasLabels(IReadOnlyList<LabelRow> labels)
    {
        if (labels.Count > 0)
        {
            Values.Add("labels", labels.Select(label => label.Id).ToArray());
            Values.Add("labelcount", labels.DistinctBy(label => label.Id).Count());
            _always.Add(
                """
                (SELECT count(DISTINCT x.label_id) FROM issue_labels x
                 WHERE x.issue_id = i.id AND x.label_id = ANY(@labels) AND x.deleted_at IS NULL) = @labelcount
                """);
        }
    }

    public async Task AssigneeAsync(Visit visit, Named? asked)
    {
        if (asked is not { } who)
        {
            return;
        }

        if (string.Equals(who.Value, "none", StringComparison.OrdinalIgnoreCase))
        {
            _always.Add("NOT EXISTS (SELECT FROM issue_assignees a WHERE a.issue_id = i.id AND a.deleted_at IS NULL)");
            return;
        }

        var people = await People.OfWorkspaceAsync(visit, project: null);
        Values.Add("assignee", people.ResolveOne(who, await People.FoldAsync(visit, who)).Id);
        _always.Add("EXISTS (SELECT FROM issue_assignees a WHERE a.issue_id = i.id AND a.assignee_id = @assignee AND a.deleted_at IS NULL)");
    }

    public async Task ParentAsync(Visit visit, ProjectRow project, string? key)
    {
        if (key is not null)
        {
            Values.Add("parent", (await Parents.FindAsync(visit, project, key, "/parent")).Id);
            _always.Add("i.parent_id = @parent");
        }
    }
}
