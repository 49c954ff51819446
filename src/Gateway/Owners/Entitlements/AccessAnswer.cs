using System.Text.Json.Serialization;

namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>The Launcher's answer to whether a person may have agents, as it is sent.</summary>
internal sealed record AccessAnswer
{
    public required string User { get; init; }

    public required string Module { get; init; }

    public required bool Allowed { get; init; }

    public required bool Enabled { get; init; }

    public required bool Blocked { get; init; }

    public required long Version { get; init; }

    public required IReadOnlyList<ClientAccess> Clients { get; init; }
}

/// <summary>The same for one client of the person.</summary>
internal sealed record ClientAccess
{
    public required string Client { get; init; }

    public required bool Enabled { get; init; }

    public required long Version { get; init; }

    public required string Reason { get; init; }
}

/// <summary>Reads the Launcher's answers: a member may be new, but none may be missing, doubled or null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccessAnswer))]
internal sealed partial class AccessJson : JsonSerializerContext;
