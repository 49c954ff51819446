using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.People;

/// <summary>Who belongs to a client and in which role; admins make members, roots make admins and roots.</summary>
internal static class Members
{
    public static async Task<MemberList> ListAsync(Visit visit)
    {
        var client = visit.Route("client");
        await Clients.RequireAsync(visit, client);
        visit.Actor.RequireManager(client);
        var found = await visit.Connection.QueryAsync<Member>(new CommandDefinition(
            """
            SELECT m.user_id, u.display_name, m.role, u.blocked
            FROM client_members AS m JOIN users AS u ON u.id = m.user_id WHERE m.client_id = @client ORDER BY m.user_id
            """,
            new { client },
            cancellationToken: visit.Cancel));
        return new MemberList([.. found]);
    }

    public static async Task<Member> PutAsync(Visit visit)
    {
        var client = visit.Route("client");
        await Clients.RequireAsync(visit, client);
        visit.Actor.RequireManager(client);
        var body = await visit.BodyAsync("role");
        var role = body.Text("role", 10)!;
        if (role is not (Member.Root or Member.Admin or Member.Plain))
        {
            body.Add("role", "must be root, admin or member");
        }

        body.Check();
        var subject = await Subject.LockAsync(visit, visit.UserId, client);
        var raises = role != Member.Plain || subject.Role is Member.Root or Member.Admin;
        if (raises && !visit.Actor.IsOperator && visit.Actor.Roles[client] != Member.Root)
        {
            throw Refuse.Role("root of the client");
        }

        if (subject.Role != role)
        {
            await visit.Connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO client_members (client_id, user_id, role) VALUES (@client, @Id, @role)
                ON CONFLICT (client_id, user_id) DO UPDATE SET role = excluded.role
                """,
                new { client, subject.Id, role },
                cancellationToken: visit.Cancel));
            await AuditLog.WriteAsync(
                visit, new AuditNote("member_set") { ClientId = client, UserId = subject.Id, Reason = role });
        }

        return new Member(subject.Id, subject.DisplayName, role, subject.Blocked);
    }
}
