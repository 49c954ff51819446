using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AgentGateway.Tasker.Blocks.Guard;

namespace AgentGateway.Tasker.Adapter;

/// <summary>Reads the gateway's headers strictly: one value each, every value in its own form.</summary>
internal static partial class CallerHeaders
{
    private const int LongestName = 120;
    private const int MostProjects = 100;
    private const int MostScopes = 32;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Caller Read(HttpRequest request, bool projects)
    {
        var granted = Projects(request);
        if (projects && granted.Count == 0)
        {
            throw Bad("X-NodeDC-Project");
        }

        return new Caller
        {
            AgentId = AgentId(request),
            AgentName = Name(Required(request, "X-NodeDC-Agent-Name")),
            Owner = Guid.TryParseExact(Required(request, "X-NodeDC-Agent-Owner"), "D", out var owner)
                ? owner
                : throw Bad("X-NodeDC-Agent-Owner"),
            Workspace = Matching(request, "X-NodeDC-Workspace", Slug()),
            Scopes = Scopes(request),
            Tool = Optional(request, "X-NodeDC-Tool", ToolName()),
            Projects = granted,
            NotAfter = NotAfter(request),
            Session = Optional(request, "X-NodeDC-Session-Id", Id()),
            TraceId = TraceId(request.HttpContext),
        };
    }

    public static string AgentId(HttpRequest request) => Matching(request, "X-NodeDC-Agent-Id", Id());

    /// <summary>The gateway's request id, or the server's own when there is none that can be shown.</summary>
    public static string TraceId(HttpContext http) =>
        http.Request.Headers["X-Request-Id"] is [{ } id] && Trace().IsMatch(id) ? id : http.TraceIdentifier;

    public static string IdempotencyKey(HttpRequest request) => request.Headers["Idempotency-Key"] switch
    {
        [{ } key] when Key().IsMatch(key) => key,
        [] => throw Refuse.Malformed("A write needs the header Idempotency-Key.", "idempotency_key_missing"),
        _ => throw Bad("Idempotency-Key"),
    };

    private static List<Guid> Projects(HttpRequest request)
    {
        var text = Single(request, "X-NodeDC-Project");
        if (text is null)
        {
            return [];
        }

        var ids = text.Split(',', StringSplitOptions.TrimEntries)
            .Select(part => Guid.TryParseExact(part, "D", out var id) ? id : throw Bad("X-NodeDC-Project"))
            .Distinct()
            .ToList();
        return ids.Count <= MostProjects ? ids : throw Bad("X-NodeDC-Project");
    }

    private static HashSet<string> Scopes(HttpRequest request)
    {
        var scopes = (Single(request, "X-NodeDC-Scope") ?? throw Bad("X-NodeDC-Scope"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return scopes.Length <= MostScopes && Array.TrueForAll(scopes, scope => Scope().IsMatch(scope))
            ? [.. scopes]
            : throw Bad("X-NodeDC-Scope");
    }

    private static DateTime? NotAfter(HttpRequest request)
    {
        if (Single(request, "X-NodeDC-Not-After") is not { } text)
        {
            return null;
        }

        return text.EndsWith('Z') && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at.UtcDateTime
            : throw Bad("X-NodeDC-Not-After");
    }

    // Uri.UnescapeDataString leaves bytes that are no UTF-8 as they are; a name made of them must be refused.
    private static string Name(string encoded)
    {
        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                bytes.Add((byte)encoded[i]);
            }
            else if (i + 2 < encoded.Length && byte.TryParse(
                encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                throw Bad("X-NodeDC-Agent-Name");
            }
        }

        try
        {
            var name = TextRules.Accept(Strict.GetString([.. bytes])).ReplaceLineEndings(" ").Trim();
            return Limits.CodePoints(name) is > 0 and <= LongestName ? name : throw Bad("X-NodeDC-Agent-Name");
        }
        catch (Exception unreadable) when (unreadable is DecoderFallbackException or ContentRefusedException)
        {
            throw Bad("X-NodeDC-Agent-Name");
        }
    }

    private static string Matching(HttpRequest request, string name, Regex form) =>
        Required(request, name) is var value && form.IsMatch(value) ? value : throw Bad(name);

    private static string? Optional(HttpRequest request, string name, Regex form) =>
        Single(request, name) is not { Length: > 0 } value ? null : form.IsMatch(value) ? value : throw Bad(name);

    private static string Required(HttpRequest request, string name) =>
        Single(request, name) is { Length: > 0 } value ? value : throw Bad(name);

    private static string? Single(HttpRequest request, string name)
    {
        var values = request.Headers[name];
        return values.Count switch
        {
            0 => null,
            1 when values[0]!.All(char.IsAscii) => values[0],
            _ => throw Bad(name),
        };
    }

    private static RefusalException Bad(string header) => Refuse.Malformed($"The header {header} is missing or malformed.");

    [GeneratedRegex("^[A-Za-z0-9._-]{3,64}$")]
    private static partial Regex Id();

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,48}$")]
    private static partial Regex Slug();

    [GeneratedRegex("^[a-z][a-z:_]{2,39}$")]
    private static partial Regex Scope();

    [GeneratedRegex("^[a-z][a-z0-9_]{1,63}$")]
    private static partial Regex ToolName();

    [GeneratedRegex("^[A-Za-z0-9._:-]{1,128}$")]
    private static partial Regex Trace();

    [GeneratedRegex("^[!-~]{8,80}$")]
    private static partial Regex Key();
}
