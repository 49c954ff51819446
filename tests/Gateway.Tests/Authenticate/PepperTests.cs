using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Policy;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Gateway.Tests.Authenticate;

/// <summary>A pepper is rotated in four steps, and a token that was never used meanwhile is the only thing lost.</summary>
public sealed class PepperTests
{
    private const string Fresh = "the-pepper-that-comes-after-and-is-long-enough";
    private const string Third = "a-pepper-nobody-has-used-for-any-token-so-far";

    [Fact]
    public async Task A_token_under_the_pepper_before_works_and_is_stored_under_the_current_one_when_used()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var unused = await IssueAsync(world);

        Assert.Null(await TryAsync(world, world.Token.Token, Fresh, LedgerWorld.Pepper));

        var fresh = new TokenDigests(Secret.Of(Fresh));
        Assert.Equal(fresh.Version, await world.ValueAsync<short>(
            $"SELECT pepper_version FROM tokens WHERE id = '{world.Token.Id}'"));
        Assert.Null(await TryAsync(world, world.Token.Token, Fresh));
        Assert.Equal("unknown", await TryAsync(world, unused, Fresh));
        Assert.Equal("unknown", await TryAsync(world, world.Token.Token, LedgerWorld.Pepper));
        Assert.Equal("unknown", await TryAsync(world, unused, Third, Fresh));
        Assert.Null(await TryAsync(world, unused, Fresh, LedgerWorld.Pepper));
        Assert.Null(await TryAsync(world, unused, Fresh));
    }

    [Fact]
    public async Task A_replica_that_still_issues_under_the_old_pepper_knows_what_the_others_issue()
    {
        await using var world = await LedgerWorld.CreateAsync();
        Assert.Null(await TryAsync(world, world.Token.Token, Fresh, LedgerWorld.Pepper));

        Assert.Null(await TryAsync(world, world.Token.Token, LedgerWorld.Pepper, Fresh));
        Assert.Null(await TryAsync(world, world.Token.Token, Fresh, LedgerWorld.Pepper));
    }

    [Fact]
    public async Task A_row_of_before_peppers_were_told_apart_holds_under_either()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await world.ExecuteAsync("UPDATE tokens SET pepper_version = 1");

        Assert.Null(await TryAsync(world, world.Token.Token, LedgerWorld.Pepper));
        Assert.Null(await TryAsync(world, world.Token.Token, Fresh, LedgerWorld.Pepper));
        Assert.Null(await TryAsync(world, world.Token.Token, Fresh));
    }

    [Fact]
    public async Task Of_32_first_uses_at_once_none_is_refused_and_the_row_changes_once()
    {
        await using var world = await LedgerWorld.CreateAsync();

        var causes = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ =>
            TryAsync(world, world.Token.Token, Fresh, LedgerWorld.Pepper)));

        Assert.All(causes, Assert.Null);
        Assert.Null(await TryAsync(world, world.Token.Token, Fresh));
    }

    [Theory]
    [InlineData("sha256(convert_to('{0}', 'UTF8'))", 0)]
    [InlineData("sha256(convert_to('{0}', 'UTF8'))", 1)]
    [InlineData("sha256(convert_to('{0}', 'UTF8'))", -1)]
    public async Task A_row_minted_without_a_pepper_never_authenticates_while_rotating_either(string digest, int version)
    {
        await using var world = await LedgerWorld.CreateAsync();
        var minted = AgentToken.Create();
        var said = version >= 0 ? version : new TokenDigests(Secret.Of(Fresh)).Version;
        var expression = digest.Replace("{0}", minted, StringComparison.Ordinal);
        await world.ExecuteAsync(
            $"""
            INSERT INTO tokens (id, agent_id, digest, pepper_version, prefix, label)
            VALUES ('{Guid.CreateVersion7()}', '{world.Agent.Id}', {expression}, {said}, '{AgentToken.Prefix(minted)}', 'minted')
            """);

        Assert.Equal("unknown", await TryAsync(world, minted, Fresh, LedgerWorld.Pepper));
        Assert.Equal("unknown", await TryAsync(world, minted, LedgerWorld.Pepper));
    }

    [Fact]
    public async Task Without_a_pepper_tokens_are_plain_hashes_which_no_pepper_ever_accepts()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var bare = new TokenDigests([]);
        await world.ExecuteAsync(
            $"UPDATE tokens SET digest = '\\x{Convert.ToHexString(bare.Of(world.Token.Token))}', pepper_version = {bare.Version}");

        Assert.Equal(0, bare.Version);
        Assert.Null(await TryAsync(world, world.Token.Token));
        Assert.Equal("unknown", await TryAsync(world, world.Token.Token, Fresh, LedgerWorld.Pepper));
    }

    private static async Task<string> IssueAsync(LedgerWorld world) => (await world.Book.IssueTokenAsync(
        world.Agent.Id, "unused", TimeSpan.FromDays(1), "test", CancellationToken.None))!.Token;

    /// <summary>Null when a gateway with these peppers, the first the current one, lets the token in; else the cause.</summary>
    private static async Task<string?> TryAsync(LedgerWorld world, string token, params string[] peppers)
    {
        var authenticator = new TokenAuthenticator(
            new AuthorityTable(world.Database), new AuthorityCache(TimeProvider.System),
            new TokenDigests([.. peppers.Select(Secret.Of)]), world.Use, TimeProvider.System,
            NullLogger<TokenAuthenticator>.Instance);
        var outcome = await authenticator.AuthenticateAsync("Bearer " + token, CancellationToken.None);
        return outcome is Authentication.Refused { Reason: var reason, Cause: var cause }
            ? reason == Reasons.Unauthenticated ? cause : reason.Code
            : null;
    }
}
