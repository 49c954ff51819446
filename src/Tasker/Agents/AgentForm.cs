using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents;

/// <summary>A new agent as the form has it: what was entered comes back whole, whatever became of it.</summary>
public sealed record AgentForm
{
    private const int LongestName = 100;
    private const int LongestDescription = 1000;

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string Mode { get; init; } = "full";

    public string Bundle { get; init; } = "contributor";

    public IReadOnlyList<string> Projects { get; init; } = [];

    public string Key { get; init; } = Once.NewKey();

    /// <summary>What is wrong, by field; the empty name is for what belongs to none.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; init; } = new Dictionary<string, string>();

    public static AgentForm Read(IFormCollection form) => new()
    {
        Name = form["name"].ToString().Trim(),
        Description = form["description"].ToString().ReplaceLineEndings(" ").Trim(),
        Mode = form["mode"].ToString(),
        Bundle = form["bundle"].ToString(),
        Projects = [.. form["projects"].OfType<string>().Distinct(StringComparer.Ordinal).Take(50)],
        Key = Once.KeyOf(form),
    };

    public string? Error(string field) => Errors.GetValueOrDefault(field);

    /// <summary>Says what this person cannot have; empty when the gateway may be asked.</summary>
    public AgentForm Checked(Desk desk)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Name.Length is 0 or > LongestName || Name.Any(char.IsControl))
        {
            errors["name"] = desk.Words["new.name.wrong", LongestName];
        }

        if (Description.Length > LongestDescription || Description.Any(char.IsControl))
        {
            errors["description"] = desk.Words["new.description.wrong", LongestDescription];
        }

        if (!Bundles.Modes.Contains(Mode))
        {
            errors["mode"] = desk.Words["choose"];
        }

        if (!Bundles.Names.Contains(Bundle))
        {
            errors["bundle"] = desk.Words["choose"];
        }

        // The list on the page is what may be chosen; a name that was put into the form by hand is not.
        if (Projects.Count == 0 || Projects.Any(key => desk.Projects.All(project => project.Key != key)))
        {
            errors["projects"] = desk.Words["new.projects.wrong"];
        }

        return this with { Errors = errors };
    }

    internal CreateAgentBody Body(Desk desk) => new()
    {
        Name = Name,
        Description = Description,
        Mode = Mode,
        Workspace = desk.Workspace.Slug,
        OwnerName = desk.Member.Name,
        Grants = [.. Projects.Select(project => new GrantBody(project, Bundle))],
    };

    /// <summary>What the gateway refused stands at its field. Only silence leaves the key: the agent may exist already.</summary>
    public AgentForm Refused(GatewayFault fault)
    {
        var field = fault.Field?.Split('.', '[') is [.., var last] ? last : "";
        var known = field is "name" or "description" or "mode" ? field
            : fault.Field?.Contains("grants", StringComparison.Ordinal) == true ? "projects"
            : "";
        return this with
        {
            Key = fault.IsAway ? Key : Once.NewKey(),
            Errors = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [known] = fault.Hint is null ? fault.Sentence : $"{fault.Sentence} {fault.Hint}",
            },
        };
    }
}
