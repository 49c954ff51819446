using System.Text;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Ledger;

public sealed class AdmissionTests
{
    [Fact]
    public async Task A_read_is_admitted_with_one_event_and_no_key()
    {
        await using var world = await LedgerWorld.CreateAsync();

        var admitted = await AdmitAsync(world, await world.RequestAsync("list_cards"));

        Assert.Equal(0, admitted.Epoch);
        Assert.Equal(1, await world.EventsAsync("admitted"));
        Assert.Equal(admitted.Id, await world.ValueAsync<Guid>("SELECT admission_id FROM audit_events WHERE kind = 'admitted'"));
        Assert.Equal(
            admitted.NotAfter.UtcDateTime - TimeSpan.FromSeconds(10),
            await world.ValueAsync<DateTime>("SELECT at FROM audit_events WHERE kind = 'admitted'"));
        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM idempotency"));
    }

    [Fact]
    public async Task A_write_is_admitted_settled_and_replayed_byte_for_byte()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        var result = """{"card":"NDC-7","title":"Ünïcödé \"quoted\"  ","z":1,"a":2.50}""";

        var admitted = await AdmitAsync(world, request);
        await world.Ledger.SettleAsync(admitted, LedgerWorld.Done(result));
        var again = await world.Ledger.AdmitAsync(request, CancellationToken.None);

        var replay = Assert.IsType<Admission.Replay>(again).Outcome;
        Assert.Equal(1, admitted.Epoch);
        Assert.Equal(Encoding.UTF8.GetBytes(result), replay.Result);
        Assert.Equal(
            (OutcomeKind.Succeeded, null, 201, "NDC-7"), (replay.Kind, replay.Reason, replay.UpstreamStatus, replay.Card));
        Assert.Equal(
            (1L, 1L, 1L),
            (await world.EventsAsync("admitted"), await world.EventsAsync("settled"), await world.EventsAsync("replayed")));
    }

    [Fact]
    public async Task A_refusal_for_good_is_replayed_with_its_reason()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        await world.Ledger.SettleAsync(await AdmitAsync(world, request), new Outcome
        {
            Kind = OutcomeKind.Failed,
            Reason = Reasons.CardNotFound,
            Result = "{}"u8.ToArray(),
            UpstreamStatus = 404,
        });

        var replay = Assert.IsType<Admission.Replay>(await world.Ledger.AdmitAsync(request, CancellationToken.None)).Outcome;

        Assert.Equal((OutcomeKind.Failed, Reasons.CardNotFound), (replay.Kind, replay.Reason));
    }

    [Fact]
    public async Task A_key_with_another_payload_is_refused_and_writes_nothing()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await AdmitAsync(world, await world.RequestAsync(key: "key-00000001"));

        var payload = await world.RequestAsync(key: "key-00000001", arguments: """{"title":"x"}""");
        var other = await world.Ledger.AdmitAsync(payload, CancellationToken.None);
        var otherTool = await world.Ledger.AdmitAsync(
            await world.RequestAsync("move_card", "key-00000001"), CancellationToken.None);

        Assert.IsType<Admission.KeyReused>(other);
        Assert.IsType<Admission.KeyReused>(otherTool);
        Assert.Equal(1, await world.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE kind <> 'lifecycle'"));
    }

    [Fact]
    public async Task A_running_call_is_not_admitted_twice()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        await AdmitAsync(world, request);

        Assert.IsType<Admission.InProgress>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
        Assert.Equal(1, await world.EventsAsync("admitted"));
    }

    [Fact]
    public async Task A_released_key_is_taken_over_by_the_same_payload_only()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        var ending = LedgerWorld.Done() with { Kind = OutcomeKind.Released, Reason = Reasons.UpstreamUnavailable };
        await world.Ledger.SettleAsync(await AdmitAsync(world, request), ending);

        var payload = await world.RequestAsync(key: "key-00000001", arguments: """{"a":1}""");
        var other = await world.Ledger.AdmitAsync(payload, CancellationToken.None);
        var second = await AdmitAsync(world, request);

        Assert.IsType<Admission.KeyReused>(other);
        Assert.Equal(2, second.Epoch);
        Assert.Equal(2, await world.ValueAsync<int>("SELECT max(epoch) FROM audit_events WHERE kind = 'admitted'"));
    }

    [Fact]
    public async Task A_stale_authority_is_not_admitted_and_writes_nothing()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var write = await world.RequestAsync(key: "key-00000001");
        var read = await world.RequestAsync("list_cards");
        await world.Book.IssueTokenAsync(world.Agent.Id, "second", null, "test", CancellationToken.None);

        Assert.IsType<Admission.StaleAuthority>(await world.Ledger.AdmitAsync(write, CancellationToken.None));
        Assert.IsType<Admission.StaleAuthority>(await world.Ledger.AdmitAsync(read, CancellationToken.None));
        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE kind <> 'lifecycle'"));
        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM idempotency"));
    }

    [Fact]
    public async Task A_stale_authority_takes_nothing_over_and_replays_nothing()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var settled = await world.RequestAsync(key: "key-settled0");
        var doubtful = await world.RequestAsync(key: "key-doubtful");
        await world.Ledger.SettleAsync(await AdmitAsync(world, settled), LedgerWorld.Done());
        await world.Ledger.SettleAsync(await AdmitAsync(world, doubtful), LedgerWorld.Done() with { Kind = OutcomeKind.InDoubt });
        await world.Book.RevokeAgentAsync(world.Agent.Id, "test", null, TimeSpan.Zero, CancellationToken.None);

        Assert.IsType<Admission.StaleAuthority>(await world.Ledger.AdmitAsync(settled, CancellationToken.None));
        Assert.IsType<Admission.StaleAuthority>(await world.Ledger.AdmitAsync(doubtful, CancellationToken.None));
        Assert.Equal(0, await world.EventsAsync("replayed"));
        Assert.Equal(1, await world.ValueAsync<int>("SELECT max(epoch) FROM idempotency"));
    }

    [Fact]
    public async Task An_authority_that_ran_out_is_stale_by_the_database_clock()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();
        var past = authority with { ValidUntil = DateTimeOffset.UnixEpoch };

        Assert.IsType<Admission.StaleAuthority>(
            await world.Ledger.AdmitAsync(LedgerWorld.Request(past, key: "key-00000001"), CancellationToken.None));
        Assert.IsType<Admission.StaleAuthority>(
            await world.Ledger.AdmitAsync(LedgerWorld.Request(past, "list_cards"), CancellationToken.None));
    }

    [Fact]
    public async Task Hostile_client_names_do_not_stop_an_admission()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync("list_cards");
        var hostile = request.Origin with { ClientName = "nul\0 lone\ud800 " + new string('x', 5000), ThreadId = "\udc00" };

        await AdmitAsync(world, request with { Origin = hostile });

        Assert.Equal(300, await world.ValueAsync<int>("SELECT length(client_name) FROM audit_events WHERE kind = 'admitted'"));
    }

    private static async Task<Admission.Admitted> AdmitAsync(LedgerWorld world, AdmissionRequest request) =>
        Assert.IsType<Admission.Admitted>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
}
