namespace AgentGateway.Launcher.Delivery;

/// <summary>What the deliverer tells its operators.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(4201, LogLevel.Information, "The gateway has version {Version} of {Client}/{User}.")]
    public static partial void Delivered(this ILogger logger, long version, string client, Guid user);

    [LoggerMessage(4202, LogLevel.Warning,
        "The gateway did not take version {Version} of {Client}/{User} ({Error}, attempt {Attempts}); it will be sent again.")]
    public static partial void NotDelivered(this ILogger logger, long version, string client, Guid user, string error, int attempts);

    [LoggerMessage(4203, LogLevel.Warning, "The outbox cannot be read; trying again.")]
    public static partial void OutboxAway(this ILogger logger, Exception failure);
}
