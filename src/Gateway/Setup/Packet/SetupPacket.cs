using System.Text.Json.Serialization;

namespace AgentGateway.Gateway.Setup.Packet;

/// <summary>All that a person needs to connect one agent: never a token, only the name of the variable that holds it.</summary>
internal sealed record SetupPacket
{
    public required PacketName Agent { get; init; }

    public required PacketName Owner { get; init; }

    public required string Workspace { get; init; }

    public required string Mode { get; init; }

    public required IReadOnlyList<PacketGrant> Grants { get; init; }

    public required string ServerName { get; init; }

    public required string McpUrl { get; init; }

    public required string ConfigToml { get; init; }

    public required string CodexMcpAdd { get; init; }

    public required PacketConnect Connect { get; init; }

    public required string AgentsMd { get; init; }

    public required int ExpectedToolCount { get; init; }

    public required IReadOnlyList<string> ExpectedTools { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>An id that never changes and the name people read.</summary>
internal sealed record PacketName(string Id, string Name);

/// <summary>A project the agent may touch, with its scopes.</summary>
internal sealed record PacketGrant(string Project, string Name, IReadOnlyList<string> Scopes);

/// <summary>How the helper script is checked and run; without a digest this build does not hold the script.</summary>
internal sealed record PacketConnect(string Script, string? Sha256, IReadOnlyList<string> Commands);

/// <summary>What the owner wants of the packet.</summary>
internal sealed record SetupBody
{
    public IReadOnlyList<string> ApproveTools { get; set; } = [];

    public string ServerName { get; set; } = CodexConfig.DefaultServer;
}

// Members with a default are set, not init: the generated reader gives an init member that is absent its type's zero.

/// <summary>Reads wishes strictly and writes packets: RFC 8259 strings, in which everything but plain ASCII is escaped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SetupPacket))]
[JsonSerializable(typeof(SetupBody))]
internal sealed partial class PacketJson : JsonSerializerContext;
