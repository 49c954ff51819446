using System.Reflection;

namespace AgentGateway.Policy.Tests;

/// <summary>Each refusal beside its permit.</summary>
public sealed class RuleBookTests
{
    private static readonly Grant Ndc = World.Grant(World.Ndc, "NDC", "card:read", "card:create", "card:move");
    private static readonly Grant Ops = World.Grant(World.Ops, "OPS", "card:read");

    [Fact]
    public void An_empty_authority_is_denied_everything_but_whoami()
    {
        var nobody = World.Authority(AgentMode.Full);

        var allowed = World.Rules.Rules.Where(rule => RuleBook.IsCallable(nobody, rule)).Select(rule => rule.Tool);

        Assert.Equal(["whoami"], allowed);
        Assert.Equal(Reasons.ProjectNotGranted, Denied(nobody, World.Call("get_card", """{"card":"NDC-1"}""")));
        Assert.Equal(Reasons.ProjectRequired, Denied(nobody, World.Call("list_cards")));
        Assert.Equal(Reasons.ScopeMissing, Denied(nobody, World.Call("search_cards", """{"query":"x"}""")));
    }

    [Fact]
    public void An_unknown_tool_is_denied() =>
        Assert.Equal(Reasons.UnknownTool, Denied(World.Authority(AgentMode.Full, Ndc), World.Call("delete_card", """{"card":"NDC-1"}""")));

    [Theory]
    [InlineData("NDC")]
    [InlineData("ndc")]
    [InlineData("OLDNDC")]
    [InlineData("Project NDC")]
    [InlineData("11111111-1111-4111-8111-111111111111")]
    public void A_granted_project_is_found_by_key_former_key_name_and_id(string project)
    {
        var permit = Permitted(World.Authority(AgentMode.Full, Ndc, Ops), World.Call("list_cards", $$"""{"project":"{{project}}"}"""));

        Assert.Equal([World.Ndc], permit.Projects.Select(grant => grant.ProjectId));
    }

    [Theory]
    [InlineData("SEC")]
    [InlineData("NO-SUCH")]
    [InlineData("33333333-3333-4333-8333-333333333333")]
    [InlineData("../OPS")]
    [InlineData("{11111111-1111-4111-8111-111111111111}")]
    public void Unknown_and_ungranted_projects_get_one_and_the_same_denial(string project)
    {
        var decision = World.Rules.Decide(World.Authority(AgentMode.Full, Ndc), World.Call("list_cards", $$"""{"project":"{{project}}"}"""));

        Assert.Equal(new Denial(Reasons.ProjectNotGranted), (Denial)decision, SameDenial);
    }

    [Fact]
    public void The_project_may_be_left_out_with_one_grant_and_must_be_named_with_two()
    {
        Permitted(World.Authority(AgentMode.Full, Ndc), World.Call("list_cards"));

        var decision = (Denial)World.Rules.Decide(World.Authority(AgentMode.Full, Ndc, Ops), World.Call("list_cards"));

        Assert.Equal(Reasons.ProjectRequired, decision.Reason);
        Assert.Equal(["NDC", "OPS"], decision.Errors[0].Candidates);
    }

    [Theory]
    [InlineData("NDC-12")]
    [InlineData("ndc-12")]
    [InlineData(" NDC-12 ")]
    [InlineData("NDС-12")]
    [InlineData("OLDNDC-12")]
    public void A_card_key_is_normalised_to_the_granted_project(string card)
    {
        var permit = Permitted(World.Authority(AgentMode.Full, Ndc), World.Call("get_card", $$"""{"card":"{{card}}"}"""));

        Assert.Equal("NDC-12", permit.Card.ToString());
    }

    [Theory]
    [InlineData("SEC-1", "project_not_granted")]
    [InlineData("NDC-0", "validation_failed")]
    [InlineData("NDC-01", "validation_failed")]
    [InlineData("NDC-1/../SEC-1", "validation_failed")]
    [InlineData("NDC-1%2f", "validation_failed")]
    [InlineData("-1", "validation_failed")]
    [InlineData("NDC", "validation_failed")]
    [InlineData("NDC-99999999999", "validation_failed")]
    public void A_card_that_is_no_key_of_a_granted_project_is_denied(string card, string code) =>
        Assert.Equal(code, Denied(World.Authority(AgentMode.Full, Ndc), World.Call("get_card", $$"""{"card":"{{card}}"}""")).Code);

    [Fact]
    public void A_scope_counts_only_on_the_project_it_was_granted_on()
    {
        var both = World.Authority(AgentMode.Full, Ndc, Ops);

        Permitted(both, World.Call("move_card", """{"card":"NDC-1"}"""));
        Assert.Equal(Reasons.ScopeMissing, Denied(both, World.Call("move_card", """{"card":"OPS-1"}""")));
    }

    [Fact]
    public void A_second_scope_is_needed_only_when_its_argument_is_there()
    {
        var agent = World.Authority(AgentMode.Full, Ndc);

        Permitted(agent, World.Call("create_card", """{"project":"NDC"}"""));
        Assert.Equal(Reasons.ScopeMissing, Denied(agent, World.Call("create_card", """{"project":"NDC","mention":"anna"}""")));
    }

    [Fact]
    public void A_parent_must_lie_in_the_same_project()
    {
        var both = World.Authority(AgentMode.Full, Ndc, Ops);

        Permitted(both, World.Call("create_card", """{"project":"NDC","parent":"NDC-3"}"""));
        Assert.Equal(Reasons.ValidationFailed, Denied(both, World.Call("create_card", """{"project":"NDC","parent":"OPS-3"}""")));
        Assert.Equal(Reasons.ProjectNotGranted, Denied(both, World.Call("create_card", """{"project":"NDC","parent":"SEC-3"}""")));
    }

    [Fact]
    public void A_read_only_agent_reads_and_does_not_write()
    {
        var reader = World.Authority(AgentMode.ReadOnly, Ndc);

        Permitted(reader, World.Call("get_card", """{"card":"NDC-1"}"""));
        Assert.Equal(Reasons.ReadOnlyMode, Denied(reader, World.Call("move_card", """{"card":"NDC-1"}""")));
    }

    [Fact]
    public void A_search_covers_exactly_the_grants_with_the_scope()
    {
        var permit = Permitted(
            World.Authority(AgentMode.Full, Ndc, World.Grant(World.Ops, "OPS", "project:read")), World.Call("search_cards", """{"query":"x"}"""));

        Assert.Equal([World.Ndc], permit.Projects.Select(grant => grant.ProjectId));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("кириллица")]
    [InlineData("tab\tbed__")]
    public void A_key_that_is_not_visible_ascii_is_refused(string key) =>
        Assert.Equal(Reasons.ValidationFailed, Denied(World.Authority(AgentMode.Full, Ndc), World.Call("create_card", """{"project":"NDC"}""", key)));

    [Fact]
    public void Nobody_outside_policy_can_make_a_permit()
    {
        Assert.Empty(typeof(Permit).GetConstructors(BindingFlags.Public | BindingFlags.Instance));
        Assert.True(typeof(Permit).IsSealed);
        Assert.DoesNotContain(
            typeof(Decision).GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance),
            constructor => constructor.IsFamily || constructor.IsFamilyOrAssembly);
    }

    private static bool SameDenial(Denial left, Denial right) =>
        left.Reason == right.Reason && left.Detail == right.Detail && left.Errors.Count == right.Errors.Count;

    private static Reason Denied(Authority authority, ToolCall call) => Assert.IsType<Denial>(World.Rules.Decide(authority, call)).Reason;

    private static Permit Permitted(Authority authority, ToolCall call) => Assert.IsType<Permit>(World.Rules.Decide(authority, call));
}
