using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>A request of a backend, read strictly: who acts, under which key, with which body.</summary>
internal sealed partial class OwnerRequest
{
    public const int BodyLimit = 64 * 1024;
    public const string ActorHeader = "X-NodeDC-Actor";
    public const string KeyHeader = "Idempotency-Key";

    private const int LongestActor = 200;

    private readonly HttpContext _http;
    private readonly JsonElement _body;

    private OwnerRequest(HttpContext http, string actor, OwnerKey? key, JsonElement body)
    {
        _http = http;
        _body = body;
        Actor = actor;
        Key = key;
    }

    /// <summary>The person behind the request; empty for reads and for the Launcher, whose bodies name theirs.</summary>
    public string Actor { get; }

    public OwnerKey? Key { get; }

    public string OwnerId => Route("owner");

    public string AgentId => Route("agent");

    /// <summary>Empty when there can be no such token.</summary>
    public Guid TokenId => Guid.TryParseExact(Route("token"), "D", out var id) ? id : Guid.Empty;

    public string Route(string name) => (string)_http.Request.RouteValues[name]!;

    public string? Query(string name) => _http.Request.Query[name] switch
    {
        { Count: 0 } => null,
        { Count: 1 } one => one[0],
        _ => throw RequestRefusedException.Invalid(name, "It is given several times."),
    };

    /// <summary>An owner's write; it names the person who asked for it.</summary>
    public static async Task<OwnerRequest> ReadWriteAsync(HttpContext http)
    {
        var actor = http.Request.Headers[ActorHeader];
        if (actor.Count != 1 || actor[0] is not { Length: > 0 and <= LongestActor } name || !Text.IsPlain(name))
        {
            throw RequestRefusedException.Invalid(ActorHeader, "It must name the acting person, once, in 1 to 200 characters.");
        }

        var (bytes, body) = await ReadBodyAsync(http, BodyLimit);
        var owner = (string)http.Request.RouteValues["owner"]!;
        return new OwnerRequest(http, name, KeyOf(http, owner, bytes), body);
    }

    /// <summary>A write that needs neither actor nor key: the Launcher's versions, or a pairing's codes, make repeats harmless.</summary>
    public static async Task<OwnerRequest> ReadPushAsync(HttpContext http, int limit = BodyLimit) =>
        new(http, "", null, (await ReadBodyAsync(http, limit)).Body);

    public static OwnerRequest Read(HttpContext http) => new(http, "", null, default);

    /// <exception cref="RequestRefusedException">With the path of the member that does not fit.</exception>
    public T Body<T>(JsonTypeInfo<T> shape)
    {
        try
        {
            return _body.Deserialize(shape) ?? throw new JsonException();
        }
        catch (JsonException misfit)
        {
            var path = misfit.Path is { Length: > 0 and <= 100 } known ? known : "$";
            throw RequestRefusedException.Invalid(path, "A member is missing, unknown, or of the wrong type.");
        }
    }

    private static async Task<(byte[] Bytes, JsonElement Body)> ReadBodyAsync(HttpContext http, int limit)
    {
        using var body = await MessageBody.ReadAsync(http, limit, http.RequestAborted);
        if (body.End is not BodyEnd.Whole)
        {
            http.Response.Headers.Connection = "close";
            throw body.End is BodyEnd.TooLarge
                ? new RequestRefusedException(Reasons.PayloadTooLarge, detail: $"The body is over {limit / 1024} KiB.")
                : new RequestRefusedException(Reasons.MalformedBody, detail: "The body could not be read.");
        }

        // No body where one may be left out: nothing is said, so every default holds.
        var bytes = body.Length == 0 ? "{}"u8.ToArray() : body.Bytes.ToArray();
        return StrictJson.Read(bytes, out var json) is JsonFault.None
            ? (bytes, json)
            : throw new RequestRefusedException(Reasons.MalformedBody);
    }

    private static OwnerKey? KeyOf(HttpContext http, string owner, byte[] body)
    {
        var keys = http.Request.Headers[KeyHeader];
        return keys.Count switch
        {
            0 => null,
            1 when KeyForm().IsMatch(keys[0]!) => OwnerKey.Of(owner, keys[0]!, http.Request.Method, http.Request.Path, body),
            _ => throw RequestRefusedException.Invalid(KeyHeader, "One key of 8 to 128 letters, digits and ._:~- is possible."),
        };
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._:~-]{8,128}\z")]
    private static partial Regex KeyForm();
}

/// <summary>Checks what people wrote.</summary>
internal static class Text
{
    public static bool IsPlain(string text) => !text.Any(char.IsControl);

    /// <exception cref="RequestRefusedException">Unless the text has a sensible length and no control characters.</exception>
    public static string Check(string field, string text, int longest, int shortest = 1) =>
        text.Length < shortest || text.Length > longest ? throw RequestRefusedException.Invalid(
                field, $"It has {text.Length} characters; {shortest} to {longest} are possible.")
            : !IsPlain(text) ? throw RequestRefusedException.Invalid(field, "It holds control characters.")
            : shortest > 0 && string.IsNullOrWhiteSpace(text) ? throw RequestRefusedException.Invalid(field, "It is blank.")
            : text;

    public static int Check(string field, int number, int least, int most) => number >= least && number <= most
        ? number
        : throw RequestRefusedException.Invalid(field, $"It must be {least} to {most}.");
}
