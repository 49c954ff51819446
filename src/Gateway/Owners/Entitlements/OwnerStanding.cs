using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>Whether the Launcher lets an owner have agents, as authentication judges it.</summary>
internal static class OwnerStanding
{
    /// <param name="required">Whether an owner of whom the Launcher has said nothing is refused.</param>
    public static async Task<bool> IsEntitledAsync(
        NpgsqlConnection connection, string ownerId, bool required, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(
            "SELECT bool_or(enabled) AND NOT bool_or(blocked) FROM entitlements WHERE user_id = @ownerId",
            new { ownerId }, cancellationToken: cancel)) ?? !required;
}
