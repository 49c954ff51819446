using Npgsql;

namespace AgentGateway.Tasker.Storage;

/// <summary>Registers the one pool of connections every part of Tasker draws from.</summary>
internal static class TrackerDatabase
{
    public static void AddTrackerDatabase(this IServiceCollection services, string database) => services.AddSingleton(_ =>
    {
        var settings = new NpgsqlConnectionStringBuilder(database)
        {
            // People read times in UTC everywhere; the server's own setting must not leak into answers.
            Timezone = "UTC",
            ApplicationName = "tasker",
            // The gateway waits ten seconds for an answer; nobody is left to read a later one.
            CommandTimeout = 10,
        };
        // A statement that fails while the driver prepares it by itself makes the connection's next use of it fail too.
        settings.MaxAutoPrepare = 0;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    });
}
