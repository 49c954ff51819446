using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentGateway.Tasker.Cards.Comments;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Cards.Write;
using AgentGateway.Tasker.Content;
using AgentGateway.Tasker.Members;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using AgentGateway.Tasker.Sessions;

namespace AgentGateway.Tasker.Adapter;

/// <summary>The adapter's wire format.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(Resolution))]
[JsonSerializable(typeof(ProjectPage))]
[JsonSerializable(typeof(ProjectContext))]
[JsonSerializable(typeof(MemberPage))]
[JsonSerializable(typeof(MemberReceipt))]
[JsonSerializable(typeof(CardPage))]
[JsonSerializable(typeof(SearchPage))]
[JsonSerializable(typeof(CardDetail))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(CommentPage))]
[JsonSerializable(typeof(CommentReceipt))]
[JsonSerializable(typeof(LinkReceipt))]
[JsonSerializable(typeof(ContentPage))]
[JsonSerializable(typeof(ContentReceipt))]
[JsonSerializable(typeof(ActivityPage))]
[JsonSerializable(typeof(ChangePage))]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(SessionReceipt))]
[JsonSerializable(typeof(PlanStep[]))]
internal sealed partial class AdapterJson : JsonSerializerContext
{
    /// <summary>Without escapes of non-ASCII text: nothing embeds these answers in HTML, and models pay for every escape.</summary>
    public static readonly AdapterJson Wire = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
