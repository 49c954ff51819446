using AgentGateway.Gateway.Tests.Flow;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace AgentGateway.Gateway.Tests.Observe;

/// <summary>What Tasker answers here.</summary>
internal static class FlowAnswers
{
    private static string Receipt =>
        $$$"""
        {"project_id":"{{{FlowWorld.Ndc}}}","card":"NDC-1","changed":["title"],"before":{},"after":{},"rev":"r1","content_rev":"c1",
         "deduplicated":false,"warnings":[],"url":"http://tasker/board/NDC/1","state":{"name":"Todo","group":"unstarted"},"labels":[],"assignees":[]}
        """;

    public static void CreatesCard(WireMockServer tasker) => tasker
        .Given(Request.Create().WithPath($"/api/internal/nodedc/agent/v1/projects/{FlowWorld.Ndc}/cards").UsingPost())
        .RespondWith(Response.Create().WithStatusCode(201).WithHeader("Content-Type", "application/json").WithBody(Receipt));
}
