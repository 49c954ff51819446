using Dapper;
using Npgsql;

namespace AgentGateway.Launcher.Storage;

/// <summary>Registers the one pool of connections every part of the Launcher draws from.</summary>
internal static class LauncherDatabase
{
    // Columns are written with underscores, members are not.
    static LauncherDatabase() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    public static void AddLauncherDatabase(this IServiceCollection services, string database) =>
        services.AddSingleton(_ => Open(database));

    public static NpgsqlDataSource Open(string database) => new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(database)
        {
            // Times are read in UTC everywhere; the server's own setting must not leak into answers.
            Timezone = "UTC",
            ApplicationName = "launcher",
            CommandTimeout = 10,
        }.ConnectionString).Build();
}
