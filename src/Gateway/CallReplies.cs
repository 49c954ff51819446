using System.Text.Encodings.Web;
using System.Text.Json;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Observe;
using AgentGateway.Policy;
using AgentGateway.Transforms.Response;

namespace AgentGateway.Gateway;

/// <summary>Answers a call and, when it is a refusal, writes it down: each refusal is recorded here and nowhere else.</summary>
internal sealed class CallReplies(Manifest manifest, CallLedger ledger)
{
    public async Task RefuseAsync(HttpContext http, CallContext context, ToolCall call, Denial denial)
    {
        Stages.Leave(http);
        Stages.Tag(http, "agent_gateway.reason", denial.Reason.Code);
        await RecordAsync(context, denial.Reason, call.Tool, denial.Errors is [var first, ..] ? first.Argument : null);
        await context.Envelope.RefuseAsync(http, denial.Reason, RefusalText.Write(denial));
    }

    /// <summary>What the ledger answered instead of admitting.</summary>
    public async Task ReplyFromLedgerAsync(HttpContext http, CallContext context, AdmissionRequest request, Admission admission)
    {
        if (admission is Admission.Replay replay)
        {
            await ReplyAsync(http, context.Envelope, request, replay.Outcome, replayed: true);
            return;
        }

        var denial = admission switch
        {
            Admission.KeyReused => new Denial(Reasons.IdempotencyKeyReused),
            Admission.InProgress => new Denial(Reasons.IdempotencyInProgress),
            Admission.InDoubt => new Denial(Reasons.OutcomeUnknown),
            Admission.KeyExpired => new Denial(Reasons.KeyExpired),
            Admission.StaleAuthority => new Denial(Reasons.LedgerUnavailable),
            Admission.Overloaded => new Denial(Reasons.Overloaded),
            Admission.Limited limited => Limited(limited),
            _ => throw new InvalidOperationException($"No reply for {admission.GetType().Name}."),
        };
        await RefuseAsync(http, context, request.Permit.Call, denial);
    }

    public static Task ReplyAsync(HttpContext http, CallEnvelope envelope, AdmissionRequest request, Outcome outcome, bool replayed)
    {
        Stages.Leave(http);
        var tool = request.Permit.Rule.Tool;
        Measures.Called(tool, outcome.Kind, replayed);
        Stages.Tag(http, "agent_gateway.tool", tool);
        Stages.Tag(http, "agent_gateway.reason", outcome.Reason?.Code);
        var result = request.IdempotencyKey is { } key ? WithKey(outcome.Result, key, replayed) : outcome.Result;
        return outcome.Reason is { } reason ? envelope.RefuseAsync(http, reason, result) : envelope.AnswerAsync(http, result);
    }

    private static Denial Limited(Admission.Limited limited)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(limited.Wait.TotalSeconds));
        var whose = limited.Scope switch
        {
            "write" => "Too many writes of this agent",
            "owner" => "Too many calls of the owner's agents together",
            _ => "Too many calls of this agent",
        };
        return new Denial(Reasons.RateLimited, $"{whose}: wait {seconds} {(seconds == 1 ? "second" : "seconds")}.")
        {
            Check = Check.Rate,
            RetryAfter = limited.Wait,
        };
    }

    private Task RecordAsync(CallContext context, Reason reason, string? tool, string? cause) => ledger.RefuseAsync(new Refusal
    {
        Reason = reason,
        Origin = context.Origin,
        Authority = context.Authority,
        Tool = tool is { Length: > 64 } ? tool[..64] : tool,
        Cause = cause,
        ManifestDigest = manifest.Digest,
    });

    // The stored bytes stay as they are; key and mark are added behind them, so that a replay differs in nothing else.
    private static byte[] WithKey(byte[] result, string key, bool replayed)
    {
        using var buffer = new MemoryStream(result.Length + 128);
        buffer.Write(result.AsSpan(0, result.Length - 1));
        if (result.Length > 2)
        {
            buffer.WriteByte((byte)',');
        }

        buffer.Write("\"idempotency_key\":"u8);
        buffer.WriteByte((byte)'"');
        buffer.Write(JsonEncodedText.Encode(key, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        buffer.WriteByte((byte)'"');
        buffer.Write(replayed ? ",\"replayed\":true}"u8 : ",\"replayed\":false}"u8);
        return buffer.ToArray();
    }
}
