using System.Text.Json.Serialization;
using AgentGateway.Gateway.Owners;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>What a device gets when it starts: its own secret code, and the code for a person to enter.</summary>
internal sealed record StartedAnswer(
    string DeviceCode, string UserCode, string VerificationUri, string VerificationUriComplete, int ExpiresIn, int Interval)
{
    // A record prints its members; this one must not.
    public override string ToString() => nameof(StartedAnswer);
}

/// <summary>What the owner is shown of a device that asks.</summary>
internal sealed record PairingView
{
    /// <summary>Device and owner may be two people: whoever did not start it must not go on.</summary>
    public const string Caution = "Only continue if you started this yourself, on a machine of yours.";

    public required Guid Id { get; init; }

    public required string UserCode { get; init; }

    /// <summary>pending, approved, denied or redeemed.</summary>
    public required string Status { get; init; }

    public required string Name { get; init; }

    public required string? Host { get; init; }

    public required string? Client { get; init; }

    public required string SourceAddress { get; init; }

    public required RequestedBody Requested { get; init; }

    public required DateTime StartedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    public string Warning { get; init; } = Caution;
}

/// <summary>A pairing, with its agent once it is approved.</summary>
internal sealed record PairingAnswer(PairingView Pairing, AgentView? Agent);

/// <summary>The one answer that holds the token.</summary>
internal sealed record RedeemedAnswer(
    string Token, Guid TokenId, string Prefix, DateTimeOffset ExpiresAt, AgentView Agent, string McpUrl)
{
    // A record prints its members; this one must not.
    public override string ToString() => $"RedeemedAnswer {Prefix}";
}

/// <summary>Writes the answers of pairing.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StartedAnswer))]
[JsonSerializable(typeof(PairingAnswer))]
[JsonSerializable(typeof(RedeemedAnswer))]
internal sealed partial class PairingAnswerJson : JsonSerializerContext;
