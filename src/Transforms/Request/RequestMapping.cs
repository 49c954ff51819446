using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Transforms.Mapping;

namespace AgentGateway.Transforms.Request;

/// <summary>How one tool's permitted call becomes one adapter request: compiled from the manifest, closed.</summary>
public sealed class RequestMapping
{
    private readonly IReadOnlyList<(string Name, Reference Value)> _query;
    private readonly Reference? _ifMatch;
    private readonly ObjectTemplate? _body;
    private readonly string? _nulls;
    private readonly PathTemplate _path;
    private readonly JsonContent<Source> _write;

    internal RequestMapping(
        string method, PathTemplate path, IReadOnlyList<(string, Reference)> query, Reference? ifMatch, ObjectTemplate? body, string? nulls)
    {
        Method = method;
        _path = path;
        _query = query;
        _ifMatch = ifMatch;
        _body = body;
        _nulls = nulls;
        _write = WriteBody;
    }

    public string Method { get; }

    /// <summary>What the contract says of each argument; told to an agent whose argument does not fit.</summary>
    public IReadOnlyDictionary<string, string> Meanings { get; init; } = new Dictionary<string, string>();

    /// <summary>The complete list of top-level body members the route may send, besides those of <c>Nulls</c>.</summary>
    public IEnumerable<string> BodyMembers => _body?.Names ?? [];

    /// <summary>Query names the route may send.</summary>
    public IEnumerable<string> QueryNames => _query.Select(pair => pair.Name);

    /// <summary>For each argument the members it goes to; tells a caller which argument Tasker complains about.</summary>
    public IEnumerable<(string Target, string Argument)> Reads =>
    [
        .. _query.Where(pair => pair.Value.RootMember is not null).Select(pair => (pair.Name, pair.Value.RootMember!)),
        .. _ifMatch?.RootMember is { } rev ? new[] { ("If-Match", rev) } : [],
        .. _body?.Reads ?? [],
        .. _nulls is null ? [] : new[] { ("", _nulls) },
    ];

    /// <summary>Fills the mapping from a permit; nothing of the caller's HTTP request is read.</summary>
    public AdapterRequest Fill(Permit permit)
    {
        var source = new Source { Root = permit.Call.Arguments, Scope = CallScope.Of(permit) };
        return new AdapterRequest
        {
            Method = Method,
            Path = _path.Fill(permit),
            Query = QueryText(source),
            IfMatch = _ifMatch?.Texts(source) is [var tag, ..] ? tag : null,
            Body = _body is null ? null : JsonOutput.Bytes(source, _write),
        };
    }

    private string QueryText(in Source source)
    {
        if (_query.Count == 0)
        {
            return "";
        }

        var query = new System.Text.StringBuilder();
        foreach (var (name, value) in _query)
        {
            foreach (var text in value.Texts(source))
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(text));
            }
        }

        return query.ToString();
    }

    private void WriteBody(Utf8JsonWriter writer, in Source source)
    {
        writer.WriteStartObject();
        _body!.WriteMembers(writer, source);
        if (_nulls is not null && source.Root.TryGetProperty(_nulls, out var names))
        {
            // The contract's enum closes the list of names; one that is also set stays set.
            foreach (var name in names.EnumerateArray().Select(name => name.GetString()!).Distinct(StringComparer.Ordinal))
            {
                if (!source.Root.TryGetProperty(name, out _))
                {
                    writer.WriteNull(name);
                }
            }
        }

        writer.WriteEndObject();
    }
}
