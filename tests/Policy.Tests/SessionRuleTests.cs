using AgentGateway.Policy.Sessions;

namespace AgentGateway.Policy.Tests;

/// <summary>What the rule book makes of what the gateway found of a work session.</summary>
public sealed class SessionRuleTests
{
    private static readonly RuleBook Rules = new(
    [
        .. World.Rules.Rules,
        World.Rule("start", "session:report", Effect.Write, Addressing.Card, """{"type":"object","properties":{"card":{"type":"string"}},"required":["card"],"additionalProperties":false}""")
            with { Session = SessionStep.Open },
        World.Rule("report", "session:report", Effect.Write, Addressing.Session, """{"type":"object","properties":{},"additionalProperties":false}""")
            with { Session = SessionStep.Report },
    ]);

    private static readonly SessionFinding Found = new() { Id = Guid.CreateVersion7(), ProjectId = World.Ndc, Number = 7 };

    [Theory]
    [InlineData(AgentMode.Full)]
    [InlineData(AgentMode.Reporting)]
    public void A_report_is_about_the_card_of_the_session_that_was_found(AgentMode mode)
    {
        var permit = Assert.IsType<Permit>(Rules.Decide(Reporter(mode), World.Call("report") with { Session = Found }));

        Assert.Equal(("NDC-7", World.Ndc), (permit.Card.ToString(), permit.Projects[0].ProjectId));
    }

    [Fact]
    public void Without_a_finding_no_session_tool_is_permitted()
    {
        Assert.Equal(Reasons.NoWorkSession, Denied(World.Call("report")).Reason);
        Assert.Equal(Reasons.NoWorkSession, Denied(World.Call("start", """{"card":"NDC-1"}""")).Reason);
    }

    [Fact]
    public void A_fault_of_the_finding_is_the_refusal()
    {
        var denial = Denied(World.Call("report") with { Session = SessionFinding.Refused(Reasons.SessionEnded) });

        Assert.Equal((Reasons.SessionEnded, Check.Session), (denial.Reason, denial.Check));
    }

    [Fact]
    public void A_session_in_a_project_that_is_not_granted_any_more_is_no_way_in() => Assert.Equal(
        Reasons.ProjectNotGranted, Denied(World.Call("report") with { Session = Found with { ProjectId = World.Ops } }).Reason);

    [Fact]
    public void Who_may_not_report_in_a_project_does_not_learn_who_works_there()
    {
        var reader = World.Authority(AgentMode.Full, World.Grant(World.Ndc, "NDC", "card:read"));
        var call = World.Call("start", """{"card":"NDC-1"}""") with { Session = SessionFinding.Refused(Reasons.SessionConflict) };

        Assert.Equal(Reasons.ScopeMissing, Assert.IsType<Denial>(Rules.Decide(reader, call)).Reason);
    }

    [Theory]
    [InlineData("NDC-7", true)]
    [InlineData("OLDNDC-7", true)]
    [InlineData("NDC-8", false)]
    public void Who_only_reports_changes_the_card_of_its_open_session_alone(string card, bool allowed)
    {
        var authority = Reporter(AgentMode.Reporting) with
        {
            Sessions = [new OpenSession(Found.Id, World.Ndc, 7, "NDC-7", "", DateTimeOffset.UnixEpoch)],
        };
        var decision = Rules.Decide(authority, World.Call("move_card", $$"""{"card":"{{card}}"}"""));

        Assert.Equal(allowed, decision is Permit);
        Assert.Equal(allowed ? null : Reasons.OutsideSession, (decision as Denial)?.Reason);
        Assert.IsType<Permit>(Rules.Decide(authority, World.Call("get_card", """{"card":"NDC-8"}""")));
    }

    [Fact]
    public void Who_only_reports_creates_nothing_and_is_not_shown_how()
    {
        var authority = Reporter(AgentMode.Reporting);
        var shown = Rules.Rules.Where(rule => RuleBook.IsCallable(authority, rule)).Select(rule => rule.Tool);
        var denial = Assert.IsType<Denial>(Rules.Decide(authority, World.Call("create_card", """{"project":"NDC"}""")));

        Assert.Equal(Reasons.OutsideSession, denial.Reason);
        Assert.DoesNotContain("create_card", shown);
        Assert.Contains("move_card", shown);
    }

    private static Denial Denied(ToolCall call) => Assert.IsType<Denial>(Rules.Decide(Reporter(AgentMode.Full), call));

    private static Authority Reporter(AgentMode mode) => World.Authority(
        mode, World.Grant(World.Ndc, "NDC", "card:read", "card:create", "card:move", "session:report"));
}
