using System.Text.Json.Serialization;

namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>The gateway's wire: a member of an answer may be new, but none may be missing, doubled or null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AgentAnswer))]
[JsonSerializable(typeof(AgentsAnswer))]
[JsonSerializable(typeof(StoppedAnswer))]
[JsonSerializable(typeof(EndedAnswer))]
[JsonSerializable(typeof(GrantAnswer))]
[JsonSerializable(typeof(TokensAnswer))]
[JsonSerializable(typeof(IssuedAnswer))]
[JsonSerializable(typeof(ActivityAnswer))]
[JsonSerializable(typeof(ReviewAnswer))]
[JsonSerializable(typeof(SetupPacket))]
[JsonSerializable(typeof(PairingAnswer))]
[JsonSerializable(typeof(EntitlementAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(CreateAgentBody))]
[JsonSerializable(typeof(ReachBody))]
[JsonSerializable(typeof(PatchAgentBody))]
[JsonSerializable(typeof(CauseBody))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(RotateBody))]
[JsonSerializable(typeof(ApproveBody))]
[JsonSerializable(typeof(DenyBody))]
[JsonSerializable(typeof(EmptyBody))]
internal sealed partial class GatewayJson : JsonSerializerContext;
