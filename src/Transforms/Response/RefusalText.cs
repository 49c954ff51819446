using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Transforms.Mapping;

namespace AgentGateway.Transforms.Response;

/// <summary>Writes the refusal an agent reads: our own sentences, and of Tasker's text only what is checked to be harmless.</summary>
public static class RefusalText
{
    public static byte[] Write(
        Reason reason, string detail, IReadOnlyList<ArgumentProblem> errors, string? currentRev = null,
        int? retryAfter = null)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("code", reason.Code);
            writer.WriteString("detail", detail);
            writer.WriteString("hint", reason.Hint);
            writer.WriteBoolean("retryable", reason.Retryable);
            if (retryAfter is { } seconds)
            {
                writer.WriteNumber("retry_after", seconds);
            }

            if (errors.Count > 0)
            {
                WriteErrors(writer, errors);
            }

            if (currentRev is not null)
            {
                writer.WriteString("current_rev", currentRev);
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static byte[] Write(Reason reason) => Write(reason, reason.Detail, []);

    public static byte[] Write(Denial denial) =>
        Write(denial.Reason, denial.Detail, denial.Errors, retryAfter: denial.RetryAfterSeconds);

    private static void WriteErrors(Utf8JsonWriter writer, IReadOnlyList<ArgumentProblem> errors)
    {
        writer.WriteStartArray("errors");
        foreach (var error in errors)
        {
            writer.WriteStartObject();
            writer.WriteString("argument", error.Argument);
            writer.WriteString("message", error.Message);
            if (error.Candidates.Count > 0)
            {
                writer.WriteStartArray("candidates");
                foreach (var candidate in error.Candidates)
                {
                    writer.WriteStringValue(candidate);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
