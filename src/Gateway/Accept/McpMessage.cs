using System.Text.Json;

namespace AgentGateway.Gateway.Accept;

/// <summary>Which lifecycle a message follows: <c>initialize</c> (2024-11-05 … 2025-11-25) or stateless (2026-07-28).</summary>
internal enum Era
{
    Legacy,
    Modern,
}

/// <summary>One strict JSON-RPC message of <c>POST /mcp</c>, parsed once; everything after Accept reads only this.</summary>
internal sealed record McpMessage
{
    public required Era Era { get; init; }

    public required string ProtocolVersion { get; init; }

    /// <summary>The request's id exactly as it was sent (a JSON string or integer); null for a notification.</summary>
    public required byte[]? Id { get; init; }

    public required string Method { get; init; }

    /// <summary>The <c>params</c> object; undefined when the message had none.</summary>
    public required JsonElement Params { get; init; }

    /// <summary>Client name and version as the client states them: for the audit, never for a decision.</summary>
    public string? ClientName { get; init; }

    public string? ClientVersion { get; init; }

    /// <summary>Codex's thread id out of <c>_meta</c>: for the audit, never for a decision.</summary>
    public string? ThreadId { get; init; }

    public bool IsNotification => Id is null;
}
