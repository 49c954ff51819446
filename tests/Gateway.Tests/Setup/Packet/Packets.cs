using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>Packets written without a database, out of the real manifest.</summary>
internal static class Packets
{
    public const string Gateway = "https://gateway.example.org/agents";

    public static Manifest Manifest { get; } = ManifestReader.Load(Repository.At("config"));

    private static readonly PacketWriter Writer = new(
        Settings.Load(new Dictionary<string, string> { ["NODEDC_AGENT_GATEWAY_PUBLIC_URL"] = Gateway }, []), Manifest, TimeProvider.System);

    public static JsonNode Write(Authority authority, params string[] unattended) => JsonSerializer.SerializeToNode(
        Writer.Write(new PacketSubject(authority, null, []), "tasker", unattended), PacketJson.Default.SetupPacket)!;

    public static Authority Authority(AgentMode mode, params (string Key, string Name, string Bundle)[] grants) => new()
    {
        TokenId = Guid.Empty,
        TokenPrefix = "",
        Version = 1,
        ValidUntil = DateTimeOffset.MaxValue,
        Agent = new Agent
        {
            Id = "ag_1",
            Name = "laptop",
            OwnerId = "u-anna",
            OwnerName = "Anna",
            Workspace = "nodedc",
            Mode = mode,
        },
        Grants =
        [
            .. grants.Select(grant => new Grant
            {
                ProjectId = Guid.CreateVersion7(), Key = grant.Key, Name = grant.Name, Scopes = Bundles.ByName[grant.Bundle].ToFrozenSet(),
            }),
        ],
    };

    /// <summary>The instruction pack as a reader of Markdown with all extensions sees it.</summary>
    public static MarkdownShape Shape(JsonNode packet, int pipeline) =>
        MarkdownShape.Of((string)packet["agents_md"]!, MarkdownShape.Pipelines[pipeline]);
}
