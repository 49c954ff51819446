using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AgentGateway.Gateway.Accept;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>One agent.</summary>
internal sealed record AgentAnswer(AgentView Agent);

/// <summary>All agents of the owner.</summary>
internal sealed record AgentsAnswer(IReadOnlyList<AgentView> Agents);

/// <summary>An agent after a change that stops calls, with what was still on its way.</summary>
internal sealed record StoppedAnswer(AgentView Agent, DateTimeOffset RevokedAt, bool Drained, int? InFlight);

/// <summary>When a revoke became final, with what was still on its way.</summary>
internal sealed record RevokedAnswer(DateTimeOffset RevokedAt, bool Drained, int? InFlight);

/// <summary>One grant.</summary>
internal sealed record GrantAnswer(GrantView Grant);

/// <summary>What may be known of an agent's tokens.</summary>
internal sealed record TokensAnswer(IReadOnlyList<TokenView> Tokens);

/// <summary>A token just issued; null when the answer is a repeat, and then <see cref="Note"/> says so.</summary>
internal sealed record IssuedAnswer(
    string? Token, Guid TokenId, string Prefix, DateTimeOffset? ExpiresAt, DateTimeOffset? OldValidUntil, string? Note)
{
    private const string Repeated =
        "This repeats an earlier request: the secret was shown once and is not stored. Rotate the token to get a new one.";

    public IssuedAnswer WithoutSecret() => this with { Token = null, Note = Repeated };

    // A record prints its members; this one must not.
    public override string ToString() => $"IssuedAnswer {Prefix}";
}

/// <summary>A page of an agent's history.</summary>
internal sealed record ActivityAnswer(IReadOnlyList<ActivityView> Events, string? NextCursor);

/// <summary>Granted beside used, over 90 days.</summary>
internal sealed record ReviewAnswer(
    int Days, IReadOnlyList<ReviewView> Projects, IReadOnlyList<TokenView> TokensWithoutExpiry);

/// <summary>Writes answers; what is absent is left out or null by its type.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AgentAnswer))]
[JsonSerializable(typeof(AgentsAnswer))]
[JsonSerializable(typeof(StoppedAnswer))]
[JsonSerializable(typeof(RevokedAnswer))]
[JsonSerializable(typeof(GrantAnswer))]
[JsonSerializable(typeof(TokensAnswer))]
[JsonSerializable(typeof(IssuedAnswer))]
[JsonSerializable(typeof(ActivityAnswer))]
[JsonSerializable(typeof(ReviewAnswer))]
[JsonSerializable(typeof(Entitlements.AppliedAnswer))]
[JsonSerializable(typeof(Entitlements.EntitlementAnswer))]
[JsonSerializable(typeof(Entitlements.BatchAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;

/// <summary>Sends what an owner's or the Launcher's request is answered with.</summary>
internal static class OwnerReply
{
    public static OwnerAnswer Json<T>(int status, T value, JsonTypeInfo<T> shape) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, shape));

    public static async Task SendAsync(HttpContext http, OwnerAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Json.Length;
        await http.Response.Body.WriteAsync(answer.Json);
    }

    public static Task RefuseAsync(HttpContext http, RequestRefusedException refused)
    {
        var seconds = refused.RetryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : (int?)null;
        http.Response.Headers.RetryAfter = seconds?.ToString(CultureInfo.InvariantCulture);
        return Reply.ProblemAsync(http, refused.Reason.Status, refused.Reason, refused.Detail, writer =>
        {
            if (refused.Field is not null)
            {
                writer.WriteStartArray("errors"u8);
                writer.WriteStartObject();
                writer.WriteString("field"u8, refused.Field);
                writer.WriteString("detail"u8, refused.Detail);
                writer.WriteEndObject();
                writer.WriteEndArray();
            }

            if (seconds is { } known)
            {
                writer.WriteNumber("retry_after_seconds"u8, known);
            }
        });
    }
}
