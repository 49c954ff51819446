using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Setup.Packet;

/// <summary>Whom a packet is for, as the database has it now; no token is part of it.</summary>
/// <param name="Authority">Decides which tools the agent may call.</param>
/// <param name="TokenExpires">When the token it connects with runs out; null: never, or not known yet.</param>
/// <param name="Notes">What is worth a warning before anything was written.</param>
internal sealed record PacketSubject(Authority Authority, DateTimeOffset? TokenExpires, IReadOnlyList<string> Notes);

/// <summary>Writes a packet from the agent's real grants, its mode and the tools that follow from them.</summary>
internal sealed class PacketWriter(Settings settings, Manifest manifest, TimeProvider clock)
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <param name="subject">Whom it is for.</param>
    /// <param name="server">Letters, digits, <c>_</c> and <c>-</c>.</param>
    /// <param name="unattended">Tools that Codex may call without asking; each one callable.</param>
    public SetupPacket Write(PacketSubject subject, string server, IReadOnlyList<string> unattended)
    {
        var authority = subject.Authority;
        var tools = Callable(authority);
        var url = settings.PublicUrl + Accept.Protocol.Endpoint;
        var pack = InstructionPack.Write(authority, server, tools);
        return new SetupPacket
        {
            Agent = new PacketName(authority.Agent.Id, authority.Agent.Name),
            Owner = new PacketName(authority.Agent.OwnerId, authority.Agent.OwnerName),
            Workspace = authority.Agent.Workspace,
            Mode = AgentModes.Word(authority.Agent.Mode),
            Grants =
            [
                .. authority.Grants.Select(grant =>
                    new PacketGrant(grant.Key, grant.Name, [.. grant.Scopes.Order(StringComparer.Ordinal)])),
            ],
            ServerName = server,
            McpUrl = url,
            ConfigToml = CodexConfig.Toml(server, url, authority.Agent.Name, unattended),
            CodexMcpAdd = CodexConfig.AddCommand(server, url),
            Connect = ConnectScript.Of(settings.PublicUrl, authority.Agent.Name, ConnectScript.Sha256),
            AgentsMd = pack.Text,
            ExpectedToolCount = tools.Count,
            ExpectedTools = [.. tools.Select(tool => tool.Rule.Tool)],
            Warnings = [.. subject.Notes, .. Warnings(subject, tools, unattended), .. pack.Warnings],
        };
    }

    /// <summary>Whether a token sent there can be read on its way.</summary>
    public static bool IsInTheClear(string url) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed is { Scheme: not "https", IsLoopback: false };

    /// <summary>What <c>tools/list</c> shows this agent, in the same order.</summary>
    public IReadOnlyList<ManifestTool> Callable(Authority authority) =>
        [.. manifest.Tools.Where(tool => RuleBook.IsCallable(authority, tool.Rule))];

    private IEnumerable<string> Warnings(PacketSubject subject, IReadOnlyList<ManifestTool> tools, IReadOnlyList<string> unattended)
    {
        if (subject.Authority.Grants.Count == 0)
        {
            yield return "The agent has no project yet: grant one, or it can only ask who it is.";
        }

        var writes = tools.Where(tool => tool.Rule.Effect == Effect.Write).Select(tool => tool.Rule.Tool)
            .Intersect(unattended, StringComparer.Ordinal).ToList();
        if (writes.Count > 0)
        {
            yield return $"Codex will change things without asking anybody: {string.Join(", ", writes)}.";
        }

        if (subject.TokenExpires is { } end && end - clock.GetUtcNow() < Soon)
        {
            yield return $"The token expires on {end.UtcDateTime:yyyy-MM-dd}: rotate it first.";
        }

        if (IsInTheClear(settings.PublicUrl))
        {
            yield return "The address is plain http to another machine: the token can be read on its way. Use https.";
        }

        if (ConnectScript.Sha256 is null)
        {
            yield return $"This gateway was built without {ConnectScript.Path}, so its digest is not known here.";
        }
    }
}
