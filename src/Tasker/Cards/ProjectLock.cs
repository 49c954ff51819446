using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Cards;

/// <summary>Lets one writer at a time number, order and nest the cards of a project.</summary>
internal static class ProjectLock
{
    public static Task TakeAsync(Change change) => change.Visit.Connection.ExecuteAsync(new CommandDefinition(
        "SELECT pg_advisory_xact_lock(hashtextextended('project:' || @Id, 0))",
        new { Id = change.Project.Id.ToString("D") },
        cancellationToken: change.Visit.Cancel));
}
