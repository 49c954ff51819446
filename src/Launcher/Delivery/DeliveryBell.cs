namespace AgentGateway.Launcher.Delivery;

/// <summary>Wakes the deliverer when this process wrote something; other processes' messages are found by looking.</summary>
internal sealed class DeliveryBell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    public void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already rung and not yet heard; one wake-up finds everything.
        }
    }

    public Task WaitAsync(TimeSpan most, CancellationToken cancel) => _rung.WaitAsync(most, cancel);

    public void Dispose() => _rung.Dispose();
}
