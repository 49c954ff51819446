using AgentGateway.Gateway.Ledger;

namespace AgentGateway.Security.Replica.Plants;

/// <summary>Sends first and writes the whole story down once the answer is there: faster, and wrong.</summary>
internal sealed class AuditAfterCall(CallLedger ledger, TimeProvider clock)
{
    public static void Plant(IServiceCollection services) => services
        .AddSingleton<AuditAfterCall>()
        .AddSingleton<CallAdmission>(provider => provider.GetRequiredService<AuditAfterCall>().AdmitAsync)
        .AddSingleton<CallSettlement>(provider => provider.GetRequiredService<AuditAfterCall>().SettleAsync);

    private Task<Admission?> AdmitAsync(AdmissionRequest request, CancellationToken cancel) =>
        Task.FromResult<Admission?>(new Admission.Admitted(
            Guid.CreateVersion7(), request, request.IdempotencyKey is null ? 0 : 1, clock.GetUtcNow() + Admission.Lifetime,
            clock.GetTimestamp()));

    private async Task<Outcome> SettleAsync(Admission.Admitted admitted, Outcome outcome) =>
        await ledger.TryAdmitAsync(admitted.Request, CancellationToken.None) is Admission.Admitted late
            ? await ledger.TrySettleAsync(late, outcome)
            : outcome;
}
