using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Cards;

/// <summary>Lets one writer at a time number, order and nest the cards of a project.</summary>
internal static class ProjectLock
{
    public static Task TakeAsync(Change change) => change.Visit.Connection.ExecuteAsync(new CommandDefinition(
        // The same lock as the tracker's own API takes: both draw numbers from one sequence.
        "SELECT pg_advisory_xact_lock(hashtext(@Id::text))",
        new { change.Project.Id },
        cancellationToken: change.Visit.Cancel));
}
