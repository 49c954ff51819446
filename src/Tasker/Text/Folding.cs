using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Text;

/// <summary>Names as they are compared; the database folds what is not ASCII, because it folds the stored names too.</summary>
internal static class Folding
{
    public static async Task<IReadOnlyList<string>> FoldAsync(NpgsqlConnection connection, IReadOnlyList<string> names, CancellationToken cancel) =>
        names.All(name => System.Text.Ascii.IsValid(name))
            ? [.. names.Select(Ascii)]
            : (await connection.QueryAsync<string>(new CommandDefinition(
                "SELECT fold(n.name) FROM unnest(@names) WITH ORDINALITY AS n(name, at) ORDER BY n.at",
                new { names = names.ToArray() },
                cancellationToken: cancel))).AsList();

    private static string Ascii(string name) =>
        string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}
