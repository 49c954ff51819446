using AgentGateway.Gateway.Owners;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Gateway.Tests.Owners;

public sealed class RetentionTests
{
    [Fact]
    public async Task Answers_to_owners_writes_are_kept_for_thirty_days_and_no_longer()
    {
        await using var world = await OwnersWorld.StartAsync();
        const string Body = """{"name":"desk","workspace":"nodedc"}""";
        foreach (var key in (string[])["of-before", "of-lately"])
        {
            Assert.Equal(201, (await world.AskAsync("POST", "/owners/u-anna/agents", Body, key: key)).Status);
        }

        await world.Ledger.ExecuteAsync(
            """
            UPDATE owner_operations SET created_at = clock_timestamp() - interval '29 days 23 hours';
            UPDATE owner_operations SET created_at = clock_timestamp() - interval '30 days 1 hour'
            WHERE key_digest = (SELECT min(key_digest::text)::bytea FROM owner_operations);
            INSERT INTO owner_operations (owner_id, key_digest, fingerprint, status, answer, created_at)
            SELECT 'u-old', sha256(n::text::bytea), sha256(''), 200, '', now() - interval '31 days' FROM generate_series(1, 2500) AS n
            """);
        using var old = new OldAnswers(world.Ledger.Database, TimeProvider.System, NullLogger<OldAnswers>.Instance);
        await old.SweepAsync(CancellationToken.None);

        Assert.Equal(1, await world.Ledger.ValueAsync<long>("SELECT count(*) FROM owner_operations"));
        var repeated = await Task.WhenAll(((string[])["of-before", "of-lately"]).Select(key =>
            world.AskAsync("POST", "/owners/u-anna/agents", Body, key: key)));
        Assert.Single(repeated, answer => answer.Replayed);
    }
}
