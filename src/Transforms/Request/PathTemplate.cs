using System.Buffers;
using AgentGateway.Policy;

namespace AgentGateway.Transforms.Request;

/// <summary>An adapter path with holes that only parsed values can fill: a UUID, a card key, a workspace slug.</summary>
public sealed class PathTemplate
{
    /// <summary>The one namespace of Tasker the gateway knows.</summary>
    public const string Prefix = "/api/internal/nodedc/agent/v1/";

    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly string[] _segments;

    private PathTemplate(string[] segments) => _segments = segments;

    public bool Has(string hole) => _segments.Contains($"{{{hole}}}", StringComparer.Ordinal);

    public static PathTemplate? Parse(string path, ICollection<string> faults)
    {
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            faults.Add($"Path must begin with {Prefix}.");
            return null;
        }

        var segments = path[1..].Split('/');
        foreach (var segment in segments)
        {
            var hole = segment.StartsWith('{');
            if (hole ? segment is not ("{project}" or "{card}" or "{workspace}" or "{session}") : !IsPlain(segment))
            {
                faults.Add(
                    $"Path: the segment \"{segment}\" is neither lower-case letters, digits and dashes "
                    + "nor {project}, {card}, {workspace} or {session}.");
                return null;
            }
        }

        return new PathTemplate(segments);
    }

    public string Fill(Permit permit)
    {
        var filled = new string[_segments.Length];
        for (var i = 0; i < _segments.Length; i++)
        {
            filled[i] = _segments[i] switch
            {
                "{project}" => permit.Projects[0].ProjectId.ToString("D"),
                "{card}" => permit.Card!.Value.ToString(),
                "{session}" => permit.Call.Session!.Id.ToString("D"),
                "{workspace}" => IsPlain(permit.Authority.Agent.Workspace)
                    ? permit.Authority.Agent.Workspace
                    : throw new InvalidOperationException("The agent's workspace is not a slug."),
                var constant => constant,
            };
        }

        return "/" + string.Join('/', filled);
    }

    // Also what keeps "." and ".." out: escaping would not, System.Uri resolves dot segments after it.
    private static bool IsPlain(string segment) =>
        segment.Length is > 0 and <= 64 && !segment.AsSpan().ContainsAnyExcept(Plain);
}
