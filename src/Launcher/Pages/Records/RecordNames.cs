using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Pages.Records;

/// <summary>The names behind the ids of one page of records; an id nobody has is shown as it is.</summary>
internal static class RecordNames
{
    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(Visit visit, IEnumerable<string?> ids)
    {
        var found = await visit.Connection.QueryAsync<(string Id, string Name)>(new CommandDefinition(
            "SELECT id::text, display_name FROM users WHERE id = ANY (@Ids)",
            new { Ids = ids.Distinct().Select(id => Guid.TryParse(id, out var known) ? known : Guid.Empty).ToArray() },
            cancellationToken: visit.Cancel));
        return found.ToDictionary(row => row.Id, row => row.Name, StringComparer.Ordinal);
    }
}
