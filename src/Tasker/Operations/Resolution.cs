using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentGateway.Tasker.Operations;

/// <summary>What became of a key: done, with its answer, or fenced for good.</summary>
internal sealed record Resolution
{
    public required string State { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public short? Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Body { get; init; }
}
