using System.Collections.Frozen;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests;

/// <summary>Authorities out of thin air, for what needs no database.</summary>
internal static class Authorities
{
    public static Grant Grant(string key, params string[] scopes) => new()
    {
        ProjectId = Guid.CreateVersion7(),
        Key = key,
        Name = $"Project {key}",
        Scopes = scopes.ToFrozenSet(StringComparer.Ordinal),
    };

    public static Authority With(params Grant[] grants) => new()
    {
        Agent = new Agent
        {
            Id = "ag_test",
            Name = "laptop",
            OwnerId = "u1",
            OwnerName = "Anna",
            Workspace = "nodedc",
            Mode = AgentMode.Full,
        },
        TokenId = Guid.CreateVersion7(),
        TokenPrefix = "ndca1_abcdef",
        Version = 1,
        ValidUntil = DateTimeOffset.MaxValue,
        Grants = grants,
    };
}
