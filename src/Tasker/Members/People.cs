using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Members;

/// <summary>The active people of a workspace; a handle, name, address or "me" means exactly one of them or is refused.</summary>
internal sealed class People(IReadOnlyList<Person> known, Owner owner)
{
    public IReadOnlyList<Person> Known => known;

    public static async Task<People> OfWorkspaceAsync(Visit visit, Guid? project) => new(
        (await visit.Connection.QueryAsync<Person>(new CommandDefinition(
            """
            SELECT u.id, u.display_name AS handle, coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.display_name) AS name,
                   u.email, u.is_bot AS isbot, m.role, p.role AS projectrole,
                   p.id IS NULL AND EXISTS (SELECT FROM project_members r WHERE r.project_id = @project AND r.member_id = u.id) AS wasremoved,
                   fold(u.display_name) AS foldedhandle, fold(btrim(u.first_name || ' ' || u.last_name)) AS foldedname
            FROM workspace_members m
            JOIN users u ON u.id = m.member_id
            LEFT JOIN project_members p ON p.project_id = @project AND p.member_id = u.id AND p.is_active AND p.deleted_at IS NULL
            WHERE m.workspace_id = @workspace AND m.is_active AND m.deleted_at IS NULL AND u.is_active
            ORDER BY u.display_name, u.id
            """,
            new { workspace = visit.Workspace, project },
            cancellationToken: visit.Cancel))).AsList(),
        visit.Owner);

    public static async Task<string> FoldAsync(Visit visit, Named who) =>
        (await Folding.FoldAsync(visit.Connection, [Bare(who.Value)], visit.Cancel))[0];

    public async Task<IReadOnlyList<Person>> ResolveAsync(Visit visit, IReadOnlyList<Named> asked)
    {
        var folded = await Folding.FoldAsync(visit.Connection, [.. asked.Select(who => Bare(who.Value))], visit.Cancel);
        return [.. asked.Select((who, at) => ResolveOne(who, folded[at]))];
    }

    public Person ResolveOne(Named who, string folded, string unknown = "unknown_member")
    {
        var value = Bare(who.Value);
        IEnumerable<Person>[] attempts =
        [
            value == "me" ? known.Where(person => person.Id == owner.Id) : [],
            known.Where(person => person.Handle == value),
            known.Where(person => person.Email.Equals(value, StringComparison.OrdinalIgnoreCase)),
            known.Where(person => person.Name == value),
            known.Where(person => person.FoldedHandle == folded),
            known.Where(person => person.FoldedName == folded),
        ];
        return Array.Find(Array.ConvertAll(attempts, attempt => attempt.ToList()), matches => matches.Count > 0) switch
        {
            null => throw Refusal(who, unknown, "is no active member of the workspace", Nearest.To(
                folded, known.Where(person => !person.IsBot).Select(person => (person.Handle, person.FoldedHandle)))),
            [var one] => one,
            var several => throw Refusal(who, "ambiguous_name", "means several people", [.. several.Select(Distinct).Take(5)]),
        };

        // Handles are not unique in the tracker; the masked address tells namesakes apart.
        string Distinct(Person person) => known.Count(other => other.Handle == person.Handle) == 1
            ? person.Handle
            : $"{person.Handle} ({MemberView.Of(person).EmailHint})";
    }

    /// <summary>All of them may be given cards of the project, or nothing is changed.</summary>
    public async Task<IReadOnlyList<Person>> AssignableAsync(Visit visit, IReadOnlyList<Named> asked)
    {
        var people = await ResolveAsync(visit, asked);
        var errors = asked.Zip(people)
            .Where(pair => !pair.Second.Assignable)
            .Select(pair => new FieldError(pair.First.Pointer, "member_not_assignable", pair.Second switch
            {
                { IsBot: true } => "is a bot",
                { InProject: true } => "is only a guest of the project",
                _ => "is no member of the project",
            })
            {
                Value = pair.First.Value,
                Candidates = [.. known.Where(person => person.Assignable).Select(person => person.Handle).Take(5)],
            })
            .ToList();
        return errors.Count == 0 ? people : throw Refuse.Invalid(
            "member_not_assignable",
            "Cards are given to active members of the project whose role is above guest: "
            + string.Join(", ", errors.Select(error => $"{error.Value} {error.Message}")) + ".",
            errors);
    }

    private static string Bare(string name) => name.StartsWith('@') && name.Length > 1 ? name[1..] : name;

    private static RefusalException Refusal(Named who, string code, string message, IReadOnlyList<string> candidates) => Refuse.Invalid(
        code,
        $"\"{who.Value}\" {message}.",
        new FieldError(who.Pointer, code, message) { Value = who.Value, Candidates = candidates });
}
