using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.Backend;
using AgentGateway.Tasker.Agents.Features;
using AgentGateway.Tasker.SignIn;

namespace AgentGateway.Tasker.Agents;

/// <summary>One request to the pages on agents: who is here, in which workspace, and the gateway as this person may use it.</summary>
public sealed record Desk
{
    internal Desk(GatewayClient gateway) => Gateway = gateway;

    public required Visit Visit { get; init; }

    public required Member Member { get; init; }

    public required Membership Workspace { get; init; }

    internal GatewayClient Gateway { get; }

    /// <summary>The projects that this person may open to an agent of theirs.</summary>
    public IReadOnlyList<ProjectLimit> Projects => [.. All.Where(project => project.AgentsEnabled && (project.IsMember || Workspace.IsAdmin))];

    /// <summary>Every project of the workspace.</summary>
    public required IReadOnlyList<ProjectLimit> All { get; init; }

    public Words Words => Visit.Words;

    /// <summary>The value, or the page that tells the fault.</summary>
    /// <exception cref="FaultException">With what the gateway said.</exception>
    internal static T Need<T>(GatewayReply<T> reply)
        where T : class => reply.Value ?? throw new FaultException(reply.Fault ?? GatewayFault.Missing());
}

/// <summary>Opens a desk for whoever is signed in.</summary>
internal sealed class Desks(MemberBook members, FeatureBook features, GatewayWire wire)
{
    /// <exception cref="FaultException">Tasker does not know the person, or the person may not change anything.</exception>
    public async Task<Desk> OpenAsync(HttpContext http)
    {
        var desk = await OpenForReadingAsync(http);
        return desk.Member.MayChange || HttpMethods.IsGet(http.Request.Method)
            ? desk
            : throw new FaultException(new GatewayFault(StatusCodes.Status403Forbidden, "reader", desk.Words["reader.text"]));
    }

    /// <summary>For what changes nothing, whatever its method.</summary>
    /// <exception cref="FaultException">Tasker does not know the person.</exception>
    public async Task<Desk> OpenForReadingAsync(HttpContext http)
    {
        var visit = Visit.Of(http);
        var cancel = http.RequestAborted;
        var member = await members.FindAsync(visit.Person, cancel)
            ?? throw new FaultException(new GatewayFault(StatusCodes.Status403Forbidden, "unknown_person", visit.Words["unknown_person.text"]));

        // A workspace that is named but not the person's is as if it were not there.
        var slug = http.Request.Query["workspace"].ToString();
        var workspace = slug.Length == 0 ? member.Workspaces[0] : member.Workspace(slug) ?? throw new FaultException(GatewayFault.Missing());
        return new Desk(new GatewayClient(wire, member.Id, member.Id))
        {
            Visit = visit,
            Member = member,
            Workspace = workspace,
            All = await features.ProjectsAsync(workspace.Id, member.Id, cancel),
        };
    }

    /// <summary>The gateway as another owner would use it, for an administrator who stops agents.</summary>
    public GatewayClient OnBehalf(Guid owner, Desk admin) => new(wire, owner, admin.Member.Id);
}
