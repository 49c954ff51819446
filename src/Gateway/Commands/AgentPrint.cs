using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Owners;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Commands;

/// <summary>A fresh agent as it is shown once: for people without, for programs with its token.</summary>
internal static class AgentPrint
{
    public static string Text(Agent agent, IReadOnlyList<NewGrant> grants, IssuedToken token) =>
        $"""
        Agent {agent.Name} ({agent.Id}) of {agent.OwnerName} in {agent.Workspace}, mode {AgentModes.Word(agent.Mode)}
        {string.Join('\n', grants.Select(grant => $"  {grant.Project.Key}  {grant.Bundle}  {grant.Project.Name}"))}
        Its token expires {token.ExpiresAt:yyyy-MM-dd} and is shown this one time, on stdout:

        """;

    public static string Json(Agent agent, IReadOnlyList<NewGrant> grants, IssuedToken token)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("agent");
            writer.WriteString("id", agent.Id);
            writer.WriteString("name", agent.Name);
            writer.WriteStartObject("owner");
            writer.WriteString("id", agent.OwnerId);
            writer.WriteString("name", agent.OwnerName);
            writer.WriteEndObject();
            writer.WriteString("workspace", agent.Workspace);
            writer.WriteString("mode", AgentModes.Word(agent.Mode));
            writer.WriteString("status", "active");
            writer.WriteStartArray("grants");
            foreach (var grant in grants)
            {
                WriteGrant(writer, grant);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteString("token", token.Token);
            writer.WriteString("token_id", token.Id);
            writer.WriteString("prefix", token.Prefix);
            writer.WriteString("expires_at", token.ExpiresAt!.Value.UtcDateTime);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteGrant(Utf8JsonWriter writer, NewGrant grant)
    {
        writer.WriteStartObject();
        writer.WriteString("project", grant.Project.Key);
        writer.WriteString("project_id", grant.Project.Id);
        writer.WriteString("bundle", grant.Bundle);
        writer.WriteStartArray("scopes");
        foreach (var scope in grant.Scopes.Order(StringComparer.Ordinal))
        {
            writer.WriteStringValue(scope);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
