using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Owners.Api;

namespace AgentGateway.Gateway.Reporting;

/// <summary>Shows Tasker's backend which agents work, on what, and since when; it shows only, and changes nothing.</summary>
internal sealed class ReportingRoutes(ReportingTable table)
{
    public const string Agents = InternalGate.Prefix + "/reporting/agents";
    public const string Sessions = InternalGate.Prefix + "/reporting/sessions";
    public const string Stream = InternalGate.Prefix + "/reporting/stream";

    private const int LongestText = 128;

    public async Task<OwnerAnswer> AgentsAsync(OwnerRequest request, CancellationToken cancel)
    {
        var state = OneOf(request, "state", ReportingTable.AgentStates);
        var page = await table.AgentsAsync(Plain(request, "workspace"), state, Plain(request, "cursor"), cancel);
        return OwnerReply.Json(200, page, ReportingJson.Default.ReportedAgentsAnswer);
    }

    public async Task<OwnerAnswer> SessionsAsync(OwnerRequest request, CancellationToken cancel)
    {
        Guid? before = null;
        if (request.Query("cursor") is { } cursor)
        {
            before = Guid.TryParseExact(cursor, "D", out var id)
                ? id
                : throw RequestRefusedException.Invalid("cursor", "Use next_cursor of the page before.");
        }

        var state = OneOf(request, "state", ReportingTable.SessionStates);
        var page = await table.SessionsAsync(Plain(request, "workspace"), state, Plain(request, "agent"), before, cancel);
        return OwnerReply.Json(200, page, ReportingJson.Default.ReportedSessionsAnswer);
    }

    /// <summary>A query value that is a slug or an id; null: it is not given.</summary>
    public static string? Plain(OwnerRequest request, string name) => request.Query(name) switch
    {
        null => null,
        { Length: > 0 and <= LongestText } text when text.All(IsPlain) => text,
        _ => throw RequestRefusedException.Invalid(name, "It must be 1 to 128 letters, digits, dashes and underscores."),
    };

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';

    private static string? OneOf(OwnerRequest request, string name, IReadOnlyList<string> words) => request.Query(name) switch
    {
        null => null,
        { } word when words.Contains(word, StringComparer.Ordinal) => word,
        _ => throw RequestRefusedException.Invalid(name, $"It is one of {string.Join(", ", words)}."),
    };
}
