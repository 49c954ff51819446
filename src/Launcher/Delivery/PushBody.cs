namespace AgentGateway.Launcher.Delivery;

/// <summary>What the gateway is told about one entitlement.</summary>
internal sealed record PushBody(bool Enabled, bool Blocked, string Reason, string Actor, long Version, DateTime OccurredAt);

/// <summary>The same inside a batch, where no address names whom it is about.</summary>
internal sealed record PushItem(
    string ClientId, Guid UserId, string Module, bool Enabled, bool Blocked, string Reason, string Actor, long Version, DateTime OccurredAt);

/// <summary>Entitlements as they are now.</summary>
internal sealed record PushBatch(IReadOnlyList<PushItem> Entitlements);

/// <summary>A message on its way: whom it is about, what it says, how often it was tried.</summary>
internal sealed record Push(
    long Id, string ClientId, Guid UserId, string Module, int Attempts, bool Enabled, bool Blocked, string Reason, string Actor, long Version,
    DateTime OccurredAt)
{
    public PushBody Body => new(Enabled, Blocked, Reason, Actor, Version, OccurredAt);
}

/// <summary>How one attempt ended.</summary>
internal abstract record Attempt
{
    private Attempt()
    {
    }

    /// <summary>The gateway has it, now or already from before.</summary>
    internal sealed record Acknowledged(bool Applied) : Attempt;

    /// <summary>Not delivered; a refused content will be refused again, so a newer version may go before it.</summary>
    internal sealed record Failed(string Error, bool ContentRefused) : Attempt;
}
