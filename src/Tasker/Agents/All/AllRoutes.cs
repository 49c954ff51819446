using System.Collections.Concurrent;
using AgentGateway.Canon.Layout;
using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.Backend;
using AgentGateway.Tasker.Agents.Features;

namespace AgentGateway.Tasker.Agents.All;

/// <summary>Lists agents and makes new ones.</summary>
internal sealed class AllRoutes(Desks desks, FeatureBook features, TimeProvider clock)
{
    private const int AtOnce = 6;
    private const int MostTokenReads = 60;

    public async Task<IResult> ListAsync(HttpContext http)
    {
        var desk = await desks.OpenAsync(http);
        var cancel = http.RequestAborted;
        var isAll = desk.Workspace.IsAdmin && http.Request.Query["all"] == "true";
        // Asked side by side: the page waits for the slowest of them, not for their sum.
        var entitled = Entitled.AskAsync(desk, cancel);
        var (agents, unread) = isAll ? await EverybodysAsync(desk, cancel) : await OwnAsync(desk, cancel);
        var shown = agents.Where(agent => agent.Workspace == desk.Workspace.Slug).OrderBy(agent => agent.IsRevoked)
            .ThenByDescending(agent => agent.LastSeenAt ?? agent.CreatedAt).ToList();
        var tokens = TokensSinceAsync(desk, shown, cancel);
        var cards = await features.LastCardsAsync([.. shown.Select(agent => agent.Id)], cancel);
        var since = await tokens;
        return PageResult.Of<AgentsPage>(new AgentsModel
        {
            Desk = desk,
            Entitled = await entitled,
            IsAll = isAll,
            Unread = unread,
            Rows =
            [
                .. shown.Select(agent => new AgentRow(
                    agent, cards.GetValueOrDefault(agent.Id), since.TryGetValue(agent.Id, out var at) ? at : null, IsOwn(desk, agent))),
            ],
        });
    }

    public async Task<IResult> AskAsync(HttpContext http)
    {
        var desk = await desks.OpenAsync(http);
        await Entitled.DemandAsync(desk, http.RequestAborted);
        return PageResult.Of<NewAgentPage>(new NewAgentModel(desk, new AgentForm()));
    }

    public async Task<IResult> CreateAsync(HttpContext http)
    {
        var desk = await desks.OpenAsync(http);
        var cancel = http.RequestAborted;
        var form = AgentForm.Read(await http.Request.ReadFormAsync(cancel)).Checked(desk);
        if (form.Errors.Count > 0)
        {
            return PageResult.Of<NewAgentPage>(new NewAgentModel(desk, form), StatusCodes.Status422UnprocessableEntity);
        }

        GatewayFault? fault;
        try
        {
            await Entitled.DemandAsync(desk, cancel);
            var made = await desk.Gateway.CreateAsync(form.Body(desk), form.Key, cancel);
            if (made.Value is { Agent: var agent })
            {
                new ToastMessage(desk.Words["new.made"]).Leave(desk.Visit.Session!);
                return new SeeOther($"/settings/agents/{agent.Id}/setup");
            }

            fault = made.Fault;
        }
        catch (FaultException refused)
        {
            fault = refused.Fault;
        }

        return PageResult.Of<NewAgentPage>(new NewAgentModel(desk, form.Refused(fault ?? GatewayFault.Missing())), fault?.Status ?? 502);
    }

    private static bool IsOwn(Desk desk, AgentView agent) => agent.Owner.Id == desk.Member.Id.ToString("D");

    private static async Task<(List<AgentView> Agents, int Unread)> OwnAsync(Desk desk, CancellationToken cancel) =>
        ([.. Desk.Need(await desk.Gateway.AgentsAsync(cancel)).Agents], 0);

    private async Task<(List<AgentView> Agents, int Unread)> EverybodysAsync(Desk desk, CancellationToken cancel)
    {
        var found = new ConcurrentBag<AgentView>();
        var unread = 0;
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(await features.OwnersAsync(desk.Workspace.Id, cancel), limits, async (owner, stop) =>
        {
            var reply = await desks.OnBehalf(owner, desk).AgentsAsync(stop);
            if (reply.Value is not { } answer)
            {
                Interlocked.Increment(ref unread);
                return;
            }

            foreach (var agent in answer.Agents)
            {
                found.Add(agent);
            }
        });
        return ([.. found], unread);
    }

    // Of one's own live agents only: how old the oldest token in use is.
    private async Task<IReadOnlyDictionary<string, DateTimeOffset>> TokensSinceAsync(
        Desk desk, IEnumerable<AgentView> agents, CancellationToken cancel)
    {
        var since = new ConcurrentDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var now = clock.GetUtcNow();
        var own = agents.Where(agent => IsOwn(desk, agent) && !agent.IsRevoked).Take(MostTokenReads);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(own, limits, async (agent, stop) =>
        {
            var live = (await desk.Gateway.TokensAsync(agent.Id, stop)).Value?.Tokens.Where(token => token.IsLive(now)).ToList();
            if (live is { Count: > 0 })
            {
                since[agent.Id] = live.Min(token => token.CreatedAt);
            }
        });
        return since;
    }
}
