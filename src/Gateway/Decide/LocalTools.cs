using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;
using AgentGateway.Transforms.Mapping;

namespace AgentGateway.Gateway.Decide;

/// <summary>Tools the gateway answers out of the authority alone; Tasker is not asked.</summary>
internal sealed class LocalTools(Manifest manifest, string version)
{
    public byte[] Answer(Permit permit) => permit.Rule.Tool switch
    {
        "whoami" => WhoAmI(permit.Authority),
        var tool => throw new InvalidOperationException($"The local tool {tool} has no answer."),
    };

    /// <summary>Local tools that have an answer; the manifest may name no other.</summary>
    public static IReadOnlyList<string> Names { get; } = ["whoami"];

    private byte[] WhoAmI(Authority authority)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("agent");
            writer.WriteString("id", authority.Agent.Id);
            writer.WriteString("name", authority.Agent.Name);
            writer.WriteString("owner", authority.Agent.OwnerName);
            writer.WriteEndObject();
            writer.WriteString("workspace", authority.Agent.Workspace);
            writer.WriteString("mode", ModeWord(authority.Agent.Mode));
            WriteGrants(writer, authority.Grants);
            WriteSessions(writer, authority.Sessions);
            WriteLimits(writer);
            writer.WriteStartObject("server");
            writer.WriteString("name", "NODE.DC Agent Gateway");
            writer.WriteString("version", version);
            writer.WriteString("contract", manifest.Contract);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteGrants(Utf8JsonWriter writer, IReadOnlyList<Grant> grants)
    {
        writer.WriteStartArray("grants");
        foreach (var grant in grants)
        {
            writer.WriteStartObject();
            writer.WriteString("project", grant.Key);
            writer.WriteString("name", grant.Name);
            writer.WriteStartArray("scopes");
            foreach (var scope in grant.Scopes.Order(StringComparer.Ordinal))
            {
                writer.WriteStringValue(scope);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // The latest one, and the ids of all when there are several: a report must name its session then.
    private static void WriteSessions(Utf8JsonWriter writer, IReadOnlyList<OpenSession> sessions)
    {
        writer.WritePropertyName("active_session");
        if (sessions is not [var latest, ..])
        {
            writer.WriteNullValue();
            return;
        }

        WriteSession(writer, latest);
        if (sessions.Count > 1)
        {
            writer.WriteStartArray("open_sessions");
            foreach (var session in sessions)
            {
                WriteSession(writer, session);
            }

            writer.WriteEndArray();
        }
    }

    private static void WriteSession(Utf8JsonWriter writer, OpenSession session)
    {
        writer.WriteStartObject();
        writer.WriteString("session_id", session.Id);
        writer.WriteString("card", session.Card);
        writer.WriteString("goal", session.Goal);
        writer.WriteString("started_at", session.StartedAt.UtcDateTime);
        writer.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("limits");
        writer.WriteNumber("result_kilobytes", 32);
        writer.WriteNumber("call_timeout_seconds", 10);
        writer.WriteEndObject();
    }

    private static string ModeWord(AgentMode mode) => mode switch
    {
        AgentMode.Full => "full",
        AgentMode.Reporting => "reporting",
        AgentMode.ReadOnly => "read_only",
        _ => throw new InvalidOperationException($"No word for the mode {mode}."),
    };
}
