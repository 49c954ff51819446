using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentGateway.Tasker.Board;

/// <summary>One change as the page receives it; without <see cref="Html"/> the card is gone from the board.</summary>
internal sealed record BoardEvent(
    Guid Id, string Kind, string? Card, Guid? State, string? StateName, double? SortOrder, string? Agent, string? Session, string? Html);

/// <summary>The board's wire format.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BoardEvent))]
internal sealed partial class BoardJson : JsonSerializerContext;
