using System.Diagnostics.Metrics;
using AgentGateway.Gateway.Health;
using AgentGateway.Gateway.Ledger.Flushes;

namespace AgentGateway.Gateway.Observe;

/// <summary>How things stand in this gateway at the moment somebody asks.</summary>
internal sealed class Gauges(LedgerWriter writer, AuditCondition audit, TimeProvider clock) : IHostedService, IDisposable
{
    private readonly Meter _meter = Measures.New();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Add(MeasureTable.Queue, () => [new Measurement<double>(writer.Waiting)]);
        Add(MeasureTable.InDoubt, () => [new Measurement<double>(audit.Doubts.Overdue)]);
        Add(MeasureTable.SealLag, () => audit.Sealing.Lag(clock) is { } lag ? [new Measurement<double>(lag.TotalSeconds)] : []);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private void Add(Measure measure, Func<IEnumerable<Measurement<double>>> observe) =>
        _meter.CreateObservableGauge(measure.Name, observe, measure.Unit, measure.Meaning);
}
