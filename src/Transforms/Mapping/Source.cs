using System.Text.Json;

namespace AgentGateway.Transforms.Mapping;

/// <summary>All a template may read: the arguments or the answer, the element in hand, the call's projects; nothing of the HTTP request.</summary>
internal readonly record struct Source
{
    public required JsonElement Root { get; init; }

    public required CallScope Scope { get; init; }

    /// <summary>Undefined outside <c>$as</c>.</summary>
    public JsonElement Item { get; init; }

    /// <summary>Whether the adapter answered 201.</summary>
    public bool Created { get; init; }
}

/// <summary>Which side of the call a template is for.</summary>
public enum TemplateSide
{
    Request,
    Response,
}
