using AgentGateway.Gateway.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Security.Replica.Plants;

/// <summary>Looks whether the key is known, and claims it in a second statement: two at once both find it free.</summary>
internal sealed class CheckThenClaim(CallLedger ledger, NpgsqlDataSource database, TimeProvider clock)
{
    public static void Plant(IServiceCollection services) => services
        .AddSingleton<CheckThenClaim>()
        .AddSingleton<CallAdmission>(provider => provider.GetRequiredService<CheckThenClaim>().AdmitAsync);

    private async Task<Admission?> AdmitAsync(AdmissionRequest request, CancellationToken cancel)
    {
        if (request.IdempotencyKey is null || await IsKnownAsync(request))
        {
            return await ledger.TryAdmitAsync(request, cancel);
        }

        var id = Guid.CreateVersion7();
        await using var claim = database.CreateCommand(
            """
            INSERT INTO idempotency (agent_id, key_digest, fingerprint, tool, state, epoch, admission_id, lease_until)
            VALUES ($1, $2, $3, $4, 'dispatching', 1, $5, clock_timestamp() + interval '15 seconds')
            ON CONFLICT (agent_id, key_digest) DO UPDATE SET admission_id = excluded.admission_id
            """);
        AddKey(claim, request);
        Ledgers.Add(claim, NpgsqlDbType.Bytea, request.Fingerprint);
        Ledgers.Add(claim, NpgsqlDbType.Text, request.Permit.Rule.Tool);
        Ledgers.Add(claim, NpgsqlDbType.Uuid, id);
        await claim.ExecuteNonQueryAsync(CancellationToken.None);
        await Ledgers.AppendAsync(database, request, "admitted", "allow", id, epoch: 1);
        return new Admission.Admitted(id, request, 1, clock.GetUtcNow() + Admission.Lifetime, clock.GetTimestamp());
    }

    private async Task<bool> IsKnownAsync(AdmissionRequest request)
    {
        await using var look = database.CreateCommand(
            "SELECT EXISTS (SELECT FROM idempotency WHERE agent_id = $1 AND key_digest = $2)");
        AddKey(look, request);
        return await look.ExecuteScalarAsync() is true;
    }

    private static void AddKey(NpgsqlCommand command, AdmissionRequest request)
    {
        Ledgers.Add(command, NpgsqlDbType.Text, request.Permit.Authority.Agent.Id);
        Ledgers.Add(command, NpgsqlDbType.Bytea, Ledgers.Digest(request));
    }
}
