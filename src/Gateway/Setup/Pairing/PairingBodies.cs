using System.Text.Json.Serialization;
using AgentGateway.Gateway.Owners.Api;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>A device asks to be paired; all but the challenge is shown to the owner and nothing else.</summary>
internal sealed record StartBody
{
    public required string Name { get; init; }

    public string? Host { get; init; }

    public string? Client { get; init; }

    public RequestedBody? Requested { get; init; }

    public required string Challenge { get; init; }
}

/// <summary>What the device would like; the owner sees it and chooses.</summary>
internal sealed record RequestedBody
{
    public string? Workspace { get; init; }

    public IReadOnlyList<string>? Projects { get; init; }

    public string? Bundle { get; init; }

    public string? Mode { get; init; }
}

/// <summary>The device asks whether the owner has decided.</summary>
internal sealed record PollBody
{
    public required string DeviceCode { get; init; }

    public required string Verifier { get; init; }

    // A record prints its members; this one must not.
    public override string ToString() => nameof(PollBody);
}

/// <summary>The owner lets the device in: as a new agent, or as one there is.</summary>
internal sealed record ApproveBody
{
    public CreateAgentBody? Agent { get; init; }

    public string? AgentId { get; init; }

    public int TokenDays { get; set; } = 90;
}

/// <summary>The owner turns the device away.</summary>
internal sealed record DenyBody
{
    public string? Reason { get; init; }
}

/// <summary>Reads the bodies of pairing as strictly as those of owners.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StartBody))]
[JsonSerializable(typeof(RequestedBody))]
[JsonSerializable(typeof(PollBody))]
[JsonSerializable(typeof(ApproveBody))]
[JsonSerializable(typeof(DenyBody))]
internal sealed partial class PairingBodyJson : JsonSerializerContext;
