using System.Text.Json;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Decide;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Rest;

/// <summary>What a request to a tool's address turned out to be.</summary>
internal abstract record RestReading
{
    private RestReading()
    {
    }

    /// <summary>One call, whole.</summary>
    internal sealed record Call(ToolCall Value) : RestReading;

    /// <summary>No call; the sentence says which part is wrong.</summary>
    internal sealed record Refused(Reason Reason, string Detail) : RestReading;
}

/// <summary>Turns address, header and body into one call, or says exactly why not.</summary>
internal static class RestReader
{
    private const string KeyHeader = "Idempotency-Key";
    private const int ShortestKey = 8;
    private const int LongestKey = 80;

    public static RestReading Read(string tool, IHeaderDictionary headers, MessageBody body)
    {
        if (body.End is not BodyEnd.Whole)
        {
            return body.End is BodyEnd.TooLarge
                ? new RestReading.Refused(Reasons.PayloadTooLarge, "The body is over 256 KiB.")
                : new RestReading.Refused(Reasons.MalformedBody, "The body could not be read.");
        }

        // A tool without arguments may be called without a body.
        var fault = StrictJson.Read(body.Length == 0 ? "{}"u8 : body.Bytes, out var arguments);
        if (fault is not JsonFault.None)
        {
            return new RestReading.Refused(Reasons.MalformedBody, MessageReader.Fault(fault).Message);
        }

        if (ReadKey(headers, arguments, out var key) is { } wrong)
        {
            return new RestReading.Refused(Reasons.IdempotencyKeyInvalid, wrong);
        }

        return new RestReading.Call(new ToolCall { Tool = tool, Arguments = arguments, IdempotencyKey = key });
    }

    // A key in the body is held to the contract like every argument; one in the header is held to the same limits here.
    private static string? ReadKey(IHeaderDictionary headers, JsonElement arguments, out string? key)
    {
        key = ToolCallReader.KeyOf(arguments);
        var sent = headers[KeyHeader];
        if (sent.Count == 0)
        {
            return null;
        }

        if (sent.Count > 1 || sent[0] is not { } text)
        {
            return "The header Idempotency-Key is given several times.";
        }

        // RFC 8941 writes it as a quoted string; most clients do not.
        var header = text is ['"', .. var quoted, '"'] ? quoted : text;
        if (header.Length is < ShortestKey or > LongestKey || header.AsSpan().ContainsAnyExceptInRange('!', '~')
            || header.AsSpan().ContainsAny('"', '\\'))
        {
            return $"The header Idempotency-Key needs {ShortestKey} to {LongestKey} visible ASCII characters without quotes.";
        }

        var differ = key is not null && key != header;
        key = header;
        return differ ? "The header Idempotency-Key and the argument idempotency_key differ." : null;
    }
}
