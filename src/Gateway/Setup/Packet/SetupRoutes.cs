using System.Collections.Frozen;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Policy;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace AgentGateway.Gateway.Setup.Packet;

/// <summary>Hands out setup packets: to an agent its own, to an owner that of an agent of his.</summary>
internal sealed partial class SetupRoutes(
    NpgsqlDataSource database, PacketWriter packets, AuthorityRefresh refresh, CredentialRefusal refusal)
{
    public const string Session = "/api/v1/agent-session/setup";

    private const int MostTools = 100;

    /// <summary>For the agent of the token, whose authority stands among the request's features.</summary>
    public async Task ShowOwnAsync(HttpContext http)
    {
        var authority = http.Features.GetRequiredFeature<Authority>();
        switch (await refresh(authority, http.RequestAborted))
        {
            case Authentication.Known { Authority: var known }:
                var subject = new PacketSubject(known, known.ValidUntil, []);
                var packet = packets.Write(subject, CodexConfig.DefaultServer, []);
                await OwnerReply.SendAsync(http, OwnerReply.Json(200, packet, PacketJson.Default.SetupPacket));
                break;
            case Authentication.Refused refused:
                await refusal.WriteAsync(http, refused, authority);
                break;
        }
    }

    /// <summary>For the owner; which tools are to run unasked is written into the audit.</summary>
    public async Task<OwnerAnswer> MakeAsync(OwnerRequest request, CancellationToken cancel)
    {
        var body = request.Body(PacketJson.Default.SetupBody);
        if (!ServerForm().IsMatch(body.ServerName))
        {
            throw RequestRefusedException.Invalid("$.server_name", "A server is named by 1 to 40 letters, digits, _ and -.");
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var view = await Owned.AgentAsync(connection, request, cancel);
        if (view.Status == "revoked")
        {
            throw new RequestRefusedException(Reasons.AgentRevoked);
        }

        var tokens = await OwnerReads.TokensAsync(connection, request.OwnerId, request.AgentId, cancel);
        var subject = new PacketSubject(AuthorityOf(view), null, [.. Notes(view, tokens)]);
        var unattended = Approved(body.ApproveTools, subject.Authority);
        var answer = OwnerReply.Json(200, packets.Write(subject, body.ServerName, unattended), PacketJson.Default.SetupPacket);

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var cause = unattended.Count == 0 ? "nothing runs unasked" : $"runs unasked: {string.Join(", ", unattended)}";
        await LifecycleEvents.AppendAsync(
            connection, subject.Authority.Agent, new LifecycleNote("setup_packet_made", request.Actor, cause), cancel);
        if (request.Key is { } key)
        {
            await StoredAnswers.KeepAsync(connection, key, answer, cancel);
        }

        await transaction.CommitAsync(cancel);
        return answer;
    }

    private List<string> Approved(IReadOnlyList<string> wanted, Authority authority)
    {
        if (wanted.Count > MostTools)
        {
            throw RequestRefusedException.Invalid("$.approve_tools", $"At most {MostTools} tools are possible.");
        }

        var callable = packets.Callable(authority).Select(tool => tool.Rule.Tool).ToList();
        for (var at = 0; at < wanted.Count; at++)
        {
            if (wanted[at] is not { } tool || !callable.Contains(tool, StringComparer.Ordinal))
            {
                var name = wanted[at] is { } given && ToolForm().IsMatch(given) ? $"\"{given}\"" : "This";
                throw RequestRefusedException.Invalid($"$.approve_tools[{at}]", $"{name} is no tool that this agent may call.");
            }
        }

        return [.. callable.Where(tool => wanted.Contains(tool, StringComparer.Ordinal))];
    }

    private static IEnumerable<string> Notes(AgentView view, IReadOnlyList<TokenView> tokens)
    {
        if (view.Status != "active")
        {
            yield return "The agent is suspended: every call is refused until it is resumed.";
        }

        if (tokens.All(token => token.RevokedAt is not null))
        {
            yield return "The agent has no token yet: issue one, or pair it.";
        }
    }

    // Says what the agent could do with any good token; nothing is admitted on it.
    private static Authority AuthorityOf(AgentView view) => new()
    {
        TokenId = Guid.Empty,
        TokenPrefix = "",
        Version = 0,
        ValidUntil = DateTimeOffset.MaxValue,
        Agent = new Agent
        {
            Id = view.Id,
            Name = view.Name,
            OwnerId = view.OwnerId,
            OwnerName = view.OwnerName,
            Workspace = view.Workspace,
            Mode = AgentModes.Parse(view.Mode),
        },
        Grants =
        [
            .. view.Grants.Select(grant => new Grant
            {
                ProjectId = grant.ProjectId,
                Key = grant.Project,
                Name = grant.Name,
                Scopes = grant.Scopes.Where(Scopes.All.Contains).ToFrozenSet(StringComparer.Ordinal),
            }),
        ],
    };

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,40}\z")]
    private static partial Regex ServerForm();

    // No digit and no capital: what is said back is no token.
    [GeneratedRegex(@"\A[a-z_]{1,40}\z")]
    private static partial Regex ToolForm();
}
