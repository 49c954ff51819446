using System.Text.RegularExpressions;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Owners.Entitlements;
using AgentGateway.Gateway.Sessions;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Creates, shows, changes and stops the agents of one owner.</summary>
internal sealed partial class AgentRoutes(
    NpgsqlDataSource database, AgentBook book, GrantWishes wishes, LimitWishes limits, EntitlementRefresh entitlements)
{
    private const int LongestName = 100;
    private const int LongestDescription = 1000;

    public async Task<OwnerAnswer> ListAsync(OwnerRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return OwnerReply.Json(
            200, new AgentsAnswer(await OwnerReads.AgentsAsync(connection, request.OwnerId, cancel)), AnswerJson.Default.AgentsAnswer);
    }

    public async Task<OwnerAnswer> ShowAsync(OwnerRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return Answer(200, await Owned.AgentAsync(connection, request, cancel));
    }

    public async Task<OwnerAnswer> CreateAsync(OwnerRequest request, CancellationToken cancel)
    {
        var agent = await ReadAsync("$", request.OwnerId, request.Body(BodyJson.Default.CreateAgentBody), cancel);
        OwnerAnswer? answer = null;
        await book.CreateAsync(
            agent,
            request.Actor,
            async (connection, created) =>
            {
                var view = await OwnerReads.AgentAsync(connection, request.OwnerId, created.Id, cancel);
                answer = Answer(201, view!);
                if (request.Key is { } key)
                {
                    await StoredAnswers.KeepAsync(connection, key, answer, cancel);
                }
            },
            cancel);
        // An owner whose first agent this is may be unknown so far.
        entitlements.Ring();
        return answer!;
    }

    /// <param name="at">Where the body stands in the request, for the words of a refusal.</param>
    /// <exception cref="RequestRefusedException">With what cannot be had, be it a name or a grant.</exception>
    public async Task<NewAgent> ReadAsync(string at, string ownerId, CreateAgentBody body, CancellationToken cancel)
    {
        var agent = new NewAgent
        {
            Name = Text.Check($"{at}.name", body.Name, LongestName),
            Description = Text.Check($"{at}.description", body.Description, LongestDescription, shortest: 0),
            OwnerId = ownerId,
            OwnerName = body.OwnerName is null ? ownerId : Text.Check($"{at}.owner_name", body.OwnerName, 200),
            Workspace = Slug().IsMatch(body.Workspace)
                ? body.Workspace
                : throw RequestRefusedException.Invalid($"{at}.workspace", "A workspace is named by its slug."),
            Mode = ReadMode($"{at}.mode", body.Mode),
            Grants = [],
        };
        return agent with { Grants = await wishes.ResolveAllAsync(agent, body.Grants, cancel) };
    }

    public async Task<OwnerAnswer> PatchAsync(OwnerRequest request, CancellationToken cancel)
    {
        var body = request.Body(BodyJson.Default.PatchAgentBody);
        var name = body.Name is null ? null : Text.Check("$.name", body.Name, LongestName);
        var description = body.Description is null ? null
            : Text.Check("$.description", body.Description, LongestDescription, shortest: 0);
        var mode = body.Mode is null ? null : AgentModes.Word(ReadMode("$.mode", body.Mode));
        var rates = body.Limits is null ? null : limits.Check(body.Limits);
        await using var change = await Owned.LiveAsync(database, request, cancel);
        await change.ExecuteAsync(
            """
            UPDATE agents SET name = coalesce(@name, name), description = coalesce(@description, description),
                              mode = coalesce(@mode, mode)
            WHERE id = @Id
            """,
            new { change.Agent.Id, name, description, mode }, cancel);
        if (rates is not null)
        {
            await change.ExecuteAsync(
                """
                UPDATE agents SET call_rate = @CallRate, call_burst = @CallBurst, write_rate = @WriteRate,
                                  write_burst = @WriteBurst
                WHERE id = @Id
                """,
                new { change.Agent.Id, rates.CallRate, rates.CallBurst, rates.WriteRate, rates.WriteBurst }, cancel);
        }

        var cause = rates is null ? mode : $"{mode} {Told(rates)}".Trim();
        return await CommitAsync(change, request, new LifecycleNote("agent_changed", request.Actor, cause), cancel);
    }

    public Task<OwnerAnswer> RevokeAsync(OwnerRequest request, CancellationToken cancel) => StopAsync(request, "revoked", cancel);

    /// <summary>Its tokens stay, and work again once it is resumed.</summary>
    public Task<OwnerAnswer> SuspendAsync(OwnerRequest request, CancellationToken cancel) => StopAsync(request, "suspended", cancel);

    public async Task<OwnerAnswer> ResumeAsync(OwnerRequest request, CancellationToken cancel)
    {
        var (cause, _) = Owned.Cause(request);
        await using var change = await Owned.LiveAsync(database, request, cancel);
        await change.ExecuteAsync("UPDATE agents SET status = 'active' WHERE id = @Id", new { change.Agent.Id }, cancel);
        return await CommitAsync(change, request, new LifecycleNote("agent_resumed", request.Actor, cause), cancel);
    }

    private static string Told(LimitsBody rates) => FormattableString.Invariant(
        $"calls {rates.CallRate}/{rates.CallBurst}, writes {rates.WriteRate}/{rates.WriteBurst}")
        .Replace(" /", " as usual", StringComparison.Ordinal);

    private async Task<OwnerAnswer> StopAsync(OwnerRequest request, string status, CancellationToken cancel)
    {
        var (cause, drain) = Owned.Cause(request);
        AgentView view;
        DateTimeOffset at;
        await using (var change = await Owned.LiveAsync(database, request, cancel))
        {
            await change.ExecuteAsync("UPDATE agents SET status = @status WHERE id = @Id", new { change.Agent.Id, status }, cancel);
            if (status == "revoked")
            {
                await change.RevokeTokensAsync(tokenId: null, request.Actor, cause, cancel);
            }

            await SessionEnds.OfAgentAsync(change.Connection, change.Agent.Id, $"agent_{status}", request.Actor, cancel);
            view = await Owned.AgentAsync(change.Connection, request, cancel);
            at = await change.CommitAsync(
                new LifecycleNote($"agent_{status}", request.Actor, cause), request.Key,
                moment => Stopped(view, moment, left: null), cancel);
        }

        return Stopped(view, at, await book.DrainAsync(request.AgentId, drain, cancel));
    }

    private static async Task<OwnerAnswer> CommitAsync(
        AuthorityChange change, OwnerRequest request, LifecycleNote note, CancellationToken cancel)
    {
        var answer = Answer(200, await Owned.AgentAsync(change.Connection, request, cancel));
        await change.CommitAsync(note, request.Key, _ => answer, cancel);
        return answer;
    }

    private static OwnerAnswer Answer(int status, AgentView view) =>
        OwnerReply.Json(status, new AgentAnswer(view), AnswerJson.Default.AgentAnswer);

    // What is kept for a repeat was written before anything could be waited for: it claims nothing about calls under way.
    private static OwnerAnswer Stopped(AgentView view, DateTimeOffset at, int? left) => OwnerReply.Json(
        200, new StoppedAnswer(view, at, left == 0, left), AnswerJson.Default.StoppedAnswer);

    private static AgentMode ReadMode(string field, string word) => AgentModes.TryParse(word, out var mode)
        ? mode
        : throw RequestRefusedException.Invalid(field, $"The modes are {string.Join(", ", AgentModes.Words)}.");

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Slug();
}
