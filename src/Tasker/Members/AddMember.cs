using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Members;

/// <summary>Whom to add, as what and why.</summary>
internal sealed record MemberAdd(Named Member, short Role, string Reason)
{
    public static MemberAdd Read(RequestBody body)
    {
        body.Only("member", "role", "reason");
        var role = body.RequiredLine("role", 10) is { Length: > 0 } ? body.OneOf("role", "guest", "member") : null;
        return new MemberAdd(
            new Named("/member", body.RequiredLine("member", 120)),
            role == "guest" ? (short)Person.Guest : (short)Person.Member,
            body.RequiredLine("reason", 500, shortest: 5));
    }
}

/// <summary>What adding did.</summary>
internal sealed record MemberReceipt(Guid ProjectId, string Project, MemberView Member, bool Added, bool AlreadyMember);

/// <summary>Lets a present member of the workspace into a project: no invitation, no higher role, nobody who was taken out.</summary>
internal static class AddMember
{
    public static readonly Write<MemberAdd> Write = new("project:member:add_existing", MemberAdd.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, MemberAdd request)
    {
        var people = await People.OfWorkspaceAsync(change.Visit, change.Project.Id);
        var person = people.ResolveOne(request.Member, await People.FoldAsync(change.Visit, request.Member), "member_not_in_workspace");
        if (person.InProject)
        {
            return Receipt(change, person, StatusCodes.Status200OK, added: false);
        }

        Check(person, request);
        var added = await change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO project_members (id, project_id, member_id, role) VALUES (@id, @project, @person, @Role)
            ON CONFLICT (project_id, member_id) WHERE deleted_at IS NULL DO NOTHING
            """,
            new { id = Guid.CreateVersion7(), project = change.Project.Id, person = person.Id, request.Role },
            cancellationToken: change.Visit.Cancel));
        if (added == 0)
        {
            // Somebody else let the person in between our look and our write.
            return Receipt(change, person with { ProjectRole = request.Role }, StatusCodes.Status200OK, added: false);
        }

        await RecordAsync(change, person, request);
        return Receipt(change, person with { ProjectRole = request.Role }, StatusCodes.Status201Created, added: true);
    }

    private static void Check(Person person, MemberAdd request)
    {
        if (person.IsBot)
        {
            throw Refuse.Field("/member", "is a bot");
        }

        if (person.WasRemoved)
        {
            throw Refuse.Field("/member", "was taken out of the project by a person; only a person can bring them back");
        }

        if (person.Role >= Person.Admin)
        {
            throw Refuse.Field("/member", "is an administrator of the workspace, who can only join as an administrator");
        }

        if (request.Role > person.Role)
        {
            throw Refuse.Field("/role", $"is above the person's role in the workspace, {MemberView.RoleName(person.Role)}");
        }
    }

    private static Task<int> RecordAsync(Change change, Person person, MemberAdd request) =>
        change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO project_activities (id, project_id, actor_id, agent_id, agent_name, owner_id, session_id,
                                            verb, subject_id, new_value, reason, trace_id)
            VALUES (@id, @project, @bot, @AgentId, @AgentName, @owner, @Session, 'member_added', @person, @role, @Reason, @TraceId)
            """,
            new
            {
                id = Guid.CreateVersion7(),
                project = change.Project.Id,
                bot = change.Bot,
                change.Visit.Caller.AgentId,
                change.Visit.Caller.AgentName,
                owner = change.Visit.Owner.Id,
                change.Visit.Caller.Session,
                change.Visit.Caller.TraceId,
                person = person.Id,
                role = MemberView.RoleName(request.Role),
                request.Reason,
            },
            cancellationToken: change.Visit.Cancel));

    private static Outcome Receipt(Change change, Person person, int status, bool added) => Outcome.Of(
        status,
        new MemberReceipt(change.Project.Id, change.Project.Key, MemberView.Of(person), added, !added),
        AdapterJson.Wire.MemberReceipt);
}
