using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentGateway.Launcher.Commands;
using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.People;
using AgentGateway.Launcher.Seed;

namespace AgentGateway.Launcher.Web;

/// <summary>The Launcher's wire format, towards its callers and towards the gateway.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Person))]
[JsonSerializable(typeof(PersonPage))]
[JsonSerializable(typeof(Client))]
[JsonSerializable(typeof(ClientList))]
[JsonSerializable(typeof(ContourList))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(MemberList))]
[JsonSerializable(typeof(ModuleState))]
[JsonSerializable(typeof(ModuleChange))]
[JsonSerializable(typeof(BlockChange))]
[JsonSerializable(typeof(AccessAnswer))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(DeliveryPage))]
[JsonSerializable(typeof(PushBody))]
[JsonSerializable(typeof(PushBatch))]
[JsonSerializable(typeof(SeedReport))]
[JsonSerializable(typeof(SignInReport))]
internal sealed partial class LauncherJson : JsonSerializerContext
{
    /// <summary>Without escapes of non-ASCII text: nothing embeds these answers in HTML.</summary>
    public static readonly LauncherJson Wire = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
