using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Content;

/// <summary>A description and the revision it has, read together.</summary>
internal sealed record StoredContent
{
    public string Html { get; init; } = "";

    public long Rev { get; init; }

    public static Task<StoredContent> ReadAsync(Visit visit, Guid card) => visit.Connection.QuerySingleAsync<StoredContent>(
        new CommandDefinition(
            "SELECT description_html AS html, content_rev AS rev FROM issues WHERE id = @card",
            new { card },
            cancellationToken: visit.Cancel));
}
