using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;

namespace AgentGateway.Gateway.Rest;

/// <summary>Tells an agent who it is here, what it may really do, and how much at once; nothing that opens a door.</summary>
internal sealed class AgentSessions(Manifest manifest, ToolCatalog catalog, Settings settings)
{
    private readonly RuleBook _rules = manifest.Rules;

    public byte[] Describe(Authority authority) => JsonSerializer.SerializeToUtf8Bytes(
        new AgentSessionAnswer
        {
            Agent = new SessionAgent(authority.Agent.Id, authority.Agent.Name),
            Owner = new SessionOwner(authority.Agent.OwnerId, authority.Agent.OwnerName),
            Workspace = authority.Agent.Workspace,
            Mode = AgentModes.Word(authority.Agent.Mode),
            Grants = [.. authority.Grants.Select(grant => new SessionGrant(
                grant.Key, grant.Name, Sorted(grant.Scopes), Sorted(Effective(authority.Agent.Mode, grant))))],
            ActiveSession = authority.Sessions is [var latest, ..] ? ActiveSession.Of(latest) : null,
            OpenSessions = [.. authority.Sessions.Select(ActiveSession.Of)],
            Token = new SessionToken(
                authority.TokenPrefix, authority.ValidUntil == DateTimeOffset.MaxValue ? null : authority.ValidUntil),
            ExpectedTools = catalog.Callable(authority).Count(),
            Limits = new SessionLimits(settings.AgentConcurrency, Protocol.BodyLimit / 1024, 32, 10),
            Server = new SessionServer(Reply.Server.Name, Reply.Server.Version, manifest.Contract, manifest.Digest),
        },
        SessionJson.Shared.AgentSessionAnswer);

    // A scope that only serves what the mode forbids does nothing now.
    private IEnumerable<string> Effective(AgentMode mode, Grant grant) => grant.Scopes.Where(scope =>
    {
        var users = _rules.Rules.Where(rule => rule.Scope == scope || rule.AlsoNeeds.Any(also => also.Scope == scope)).ToList();
        return users.Count == 0 || users.Any(rule => RuleBook.ModeForbids(mode, rule) is null);
    });

    private static IReadOnlyList<string> Sorted(IEnumerable<string> scopes) => [.. scopes.Order(StringComparer.Ordinal)];
}

/// <summary>The answer to "who am I here".</summary>
internal sealed record AgentSessionAnswer
{
    public required SessionAgent Agent { get; init; }

    public required SessionOwner Owner { get; init; }

    public required string Workspace { get; init; }

    public required string Mode { get; init; }

    public required IReadOnlyList<SessionGrant> Grants { get; init; }

    /// <summary>The work session begun last of those that are open; null: none is.</summary>
    public required ActiveSession? ActiveSession { get; init; }

    public required IReadOnlyList<ActiveSession> OpenSessions { get; init; }

    public required SessionToken Token { get; init; }

    /// <summary>How many tools a list shows: fewer at the client mean that it has lost some.</summary>
    public required int ExpectedTools { get; init; }

    public required SessionLimits Limits { get; init; }

    public required SessionServer Server { get; init; }
}

/// <summary>The agent itself.</summary>
internal sealed record SessionAgent(string Id, string Name);

/// <summary>The person it belongs to.</summary>
internal sealed record SessionOwner(string Id, string Name);

/// <summary>A granted project: what was granted, and what of it the agent's mode leaves.</summary>
internal sealed record SessionGrant(string Project, string Name, IReadOnlyList<string> Granted, IReadOnlyList<string> Scopes);

/// <summary>A work session that is open.</summary>
internal sealed record ActiveSession(Guid SessionId, string Card, string Goal, DateTimeOffset StartedAt)
{
    public static ActiveSession Of(OpenSession session) => new(session.Id, session.Card, session.Goal, session.StartedAt);
}

/// <summary>The token in use, recognisable and no more; null: it does not expire.</summary>
internal sealed record SessionToken(string Prefix, DateTimeOffset? ExpiresAt);

/// <summary>What one agent may use at once.</summary>
internal sealed record SessionLimits(int CallsAtOnce, int BodyKilobytes, int ResultKilobytes, int CallTimeoutSeconds);

/// <summary>Which gateway answers, with which reviewed manifest.</summary>
internal sealed record SessionServer(string Name, string Version, string Contract, string ManifestDigest);

/// <summary>Writes the answer.</summary>
[JsonSerializable(typeof(AgentSessionAnswer))]
internal sealed partial class SessionJson : JsonSerializerContext
{
    // Never HTML: names stay readable.
    public static readonly SessionJson Shared = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
