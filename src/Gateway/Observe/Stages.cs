using System.Diagnostics;
using AgentGateway.Gateway.Accept;

namespace AgentGateway.Gateway.Observe;

/// <summary>The stages of a call as spans; without a listener each of these is one comparison.</summary>
internal static class Stages
{
    public const string Accept = "Accept";
    public const string Authenticate = "Authenticate";
    public const string Decide = "Decide";
    public const string Admit = "Admit";
    public const string Relay = "Relay";
    public const string Settle = "Settle";

    public static readonly ActivitySource Source = new("AgentGateway", Reply.Server.Version);

    /// <summary>Ends the stage before, and begins this one.</summary>
    public static void Enter(HttpContext http, string stage)
    {
        if (Source.HasListeners())
        {
            http.Features.Get<CallSpans>()?.Enter(stage);
        }
    }

    /// <summary>Ends the last stage: what is left is to answer.</summary>
    public static void Leave(HttpContext http)
    {
        if (Source.HasListeners())
        {
            http.Features.Get<CallSpans>()?.Leave();
        }
    }

    /// <summary>Says something about the whole call in a word of a closed list or an id of ours.</summary>
    public static void Tag(HttpContext http, string name, string? value)
    {
        if (Source.HasListeners())
        {
            http.Features.Get<CallSpans>()?.Call.SetTag(name, value);
        }
    }
}

/// <summary>The span of one call and, inside it, the one of the stage it is in.</summary>
internal sealed class CallSpans(Activity call)
{
    private Activity? _stage;

    public Activity Call => call;

    public void Enter(string stage)
    {
        Leave();
        _stage = Stages.Source.StartActivity(stage, ActivityKind.Internal, call.Context);
    }

    public void Leave()
    {
        _stage?.Dispose();
        _stage = null;
    }
}
