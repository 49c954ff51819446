using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentGateway.Tasker.Raw;

/// <summary>A refusal of the raw API.</summary>
internal sealed record RawError(string Error);

/// <summary>Requests of one method and outcome.</summary>
internal sealed record RawHit(string Method, int Status, long Count);

/// <summary>All requests the raw API has seen.</summary>
internal sealed record RawHits(long Total, IReadOnlyList<RawHit> Hits);

/// <summary>A list as Plane pages it.</summary>
internal sealed record RawList<T>(IReadOnlyList<T> Results)
{
    public int Count => Results.Count;

    public int TotalResults => Results.Count;
}

/// <summary>A project on the wire.</summary>
internal sealed record RawProject(Guid Id, string Identifier, string Name, string Description, Guid Workspace);

/// <summary>A state on the wire.</summary>
internal sealed record RawState(Guid Id, string Name, string Group, string Color, double Sequence, bool Default);

/// <summary>A label on the wire.</summary>
internal sealed record RawLabel(Guid Id, string Name, string Color);

/// <summary>A member on the wire.</summary>
internal sealed record RawMember(Guid Id, string DisplayName, string Email, int Role);

/// <summary>A card on the wire.</summary>
internal sealed record RawIssue(
    Guid Id, Guid Project, int SequenceId, string Name, string DescriptionHtml, string Priority, Guid State,
    DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>A comment on the wire.</summary>
internal sealed record RawComment(Guid Id, Guid Issue, Guid Actor, string CommentHtml, DateTime CreatedAt);

/// <summary>What a client may send to change a card; anything else it sends is ignored, as Plane does.</summary>
internal sealed record RawIssueChange
{
    public string? Name { get; init; }

    public string? DescriptionHtml { get; init; }

    public string? Priority { get; init; }

    public Guid? State { get; init; }
}

/// <summary>What a client sends to comment.</summary>
internal sealed record RawNewComment(string CommentHtml);

/// <summary>The raw API's wire format, snake case as in Plane.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RawError))]
[JsonSerializable(typeof(RawHits))]
[JsonSerializable(typeof(RawList<RawProject>))]
[JsonSerializable(typeof(RawList<RawState>))]
[JsonSerializable(typeof(RawList<RawLabel>))]
[JsonSerializable(typeof(RawList<RawMember>))]
[JsonSerializable(typeof(RawList<RawIssue>))]
[JsonSerializable(typeof(RawList<RawComment>))]
[JsonSerializable(typeof(RawIssueChange))]
[JsonSerializable(typeof(RawNewComment))]
internal sealed partial class RawJson : JsonSerializerContext
{
    /// <summary>The body, or null when it is not what the operation takes.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext http, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
