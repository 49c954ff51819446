using System.Text.Json.Serialization;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Asks for a new agent.</summary>
internal sealed record CreateAgentBody
{
    public required string Name { get; init; }

    public required string Workspace { get; init; }

    public string Mode { get; set; } = "full";

    public string Description { get; set; } = "";

    public string? OwnerName { get; init; }

    public IReadOnlyList<GrantBody> Grants { get; set; } = [];
}

/// <summary>Names a project with a bundle or with single scopes.</summary>
internal sealed record GrantBody
{
    public required string Project { get; init; }

    public string? Bundle { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }
}

/// <summary>How far a project's grant reaches: a bundle or single scopes.</summary>
internal sealed record ReachBody
{
    public string? Bundle { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }
}

/// <summary>Changes what is named and leaves the rest.</summary>
internal sealed record PatchAgentBody
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Mode { get; init; }

    /// <summary>All four at once: one that is null is back at what any agent has.</summary>
    public LimitsBody? Limits { get; init; }
}

/// <summary>How often an agent may call and write: a second on average, and at once.</summary>
internal sealed record LimitsBody
{
    public double? CallRate { get; init; }

    public int? CallBurst { get; init; }

    public double? WriteRate { get; init; }

    public int? WriteBurst { get; init; }
}

/// <summary>Says why, and how long to wait for what is on its way.</summary>
internal sealed record CauseBody
{
    public string? Reason { get; init; }

    public int DrainSeconds { get; set; } = 5;
}

/// <summary>Asks for a token; null days: one that does not expire.</summary>
internal sealed record TokenBody
{
    public required string Label { get; init; }

    public int? ExpiresInDays { get; set; } = 90;
}

/// <summary>Asks for a token in place of another.</summary>
internal sealed record RotateBody
{
    public string? Reason { get; init; }

    public int OverlapSeconds { get; set; } = 3600;
}

// Members with a default are set, not init: the generated reader gives an init member that is absent its type's zero.

/// <summary>Reads bodies: a member that is unknown, missing, doubled or null where it may not be is refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CreateAgentBody))]
[JsonSerializable(typeof(ReachBody))]
[JsonSerializable(typeof(PatchAgentBody))]
[JsonSerializable(typeof(CauseBody))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(RotateBody))]
[JsonSerializable(typeof(Entitlements.EntitlementBody))]
[JsonSerializable(typeof(Entitlements.EntitlementBatchBody))]
internal sealed partial class BodyJson : JsonSerializerContext;
