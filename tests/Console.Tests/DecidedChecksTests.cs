using AgentGateway.Console.Book;
using AgentGateway.Console.Review;
using AgentGateway.Policy;

namespace AgentGateway.Console.Tests;

/// <summary>The checks of a call in the book read like those of an explanation.</summary>
public sealed class DecidedChecksTests
{
    [Fact]
    public void They_stand_in_the_order_in_which_the_gateway_asks() => Assert.Equal(
        Enum.GetValues<Check>().Select(check => check.Word()),
        DecidedChecks.Of([Event("admitted", "allow")]).Select(check => check.Check).Take(Enum.GetValues<Check>().Length));

    [Theory]
    [InlineData("unauthenticated", "token")]
    [InlineData("agents_disabled", "entitlement")]
    [InlineData("agent_suspended", "agent")]
    [InlineData("unknown_tool", "tool")]
    [InlineData("read_only_mode", "mode")]
    [InlineData("validation_failed", "arguments")]
    [InlineData("project_not_granted", "project")]
    [InlineData("scope_missing", "scope")]
    [InlineData("rate_limited", "rate")]
    [InlineData("idempotency_key_reused", "ledger")]
    public void A_refusal_fails_one_check_and_asks_none_after_it(string reason, string deciding)
    {
        var checks = DecidedChecks.Of([Event("refused", "deny", reason)]);

        Assert.Equal(deciding, Assert.Single(checks, check => check.Outcome == "fail").Check);
        Assert.All(checks.TakeWhile(check => check.Outcome != "fail"), check => Assert.Equal("pass", check.Outcome));
        Assert.All(checks.SkipWhile(check => check.Outcome != "fail").Skip(1), check => Assert.Equal("not_reached", check.Outcome));
    }

    [Fact]
    public void Every_reason_of_the_gateway_finds_its_check()
    {
        var reasons = typeof(Reasons).GetFields().Select(field => field.GetValue(null)).OfType<Reason>().ToList();

        Assert.NotEmpty(reasons);
        Assert.All(reasons, reason =>
            Assert.Single(DecidedChecks.Of([Event("refused", "deny", reason.Code)]), check => check.Outcome == "fail"));
    }

    [Fact]
    public void What_tasker_refused_has_passed_everything_before()
    {
        var checks = DecidedChecks.Of([Event("admitted", "allow"), Event("settled", "failed", "card_not_found")]);

        Assert.Equal("tasker", Assert.Single(checks, check => check.Outcome == "fail").Check);
        Assert.DoesNotContain(checks, check => check.Outcome == "not_reached");
    }

    [Theory]
    [InlineData("settled", "succeeded", "pass")]
    [InlineData("settled", "in_doubt", "unknown")]
    [InlineData("admitted", "allow", "unknown")]
    [InlineData("replayed", "replay", "not_reached")]
    public void Taskers_word_is_told_as_far_as_it_is_known(string kind, string decision, string outcome) =>
        Assert.Equal(outcome, DecidedChecks.Of([Event(kind, decision)])[^1].Outcome);

    private static CallEvent Event(string kind, string decision, string? reason = null) =>
        new() { Kind = kind, Decision = decision, Reason = reason };
}
