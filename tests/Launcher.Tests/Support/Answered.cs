using System.Text.Json;

namespace AgentGateway.Launcher.Tests.Support;

/// <summary>An answer of the Launcher.</summary>
public sealed record Answered(int Status, JsonElement Body)
{
    public string? Code => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out var code) ? code.GetString() : null;
}
