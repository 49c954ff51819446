using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Transforms.Mapping;

namespace AgentGateway.Transforms.Response;

/// <summary>Writes the refusal an agent reads: our own sentences, and of Tasker's text only what is checked to be harmless.</summary>
public static class RefusalText
{
    public static byte[] Write(Reason reason, string detail, IReadOnlyList<ArgumentProblem> errors, string? currentRev = null) =>
        Write(new Denial(reason, detail, errors), currentRev);

    public static byte[] Write(Reason reason) => Write(new Denial(reason));

    public static byte[] Write(Denial denial, string? currentRev = null)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("code", denial.Reason.Code);
            writer.WriteString("detail", denial.Detail);
            writer.WriteString("hint", denial.Reason.Hint);
            writer.WriteBoolean("retryable", denial.Reason.Retryable);
            if (denial.Check is { } check)
            {
                writer.WriteString("check", check.Word());
            }

            if (denial.RetryAfterSeconds is { } seconds)
            {
                writer.WriteNumber("retry_after", seconds);
            }

            if (denial.Errors.Count > 0)
            {
                WriteErrors(writer, denial.Errors);
            }

            if (currentRev is not null)
            {
                writer.WriteString("current_rev", currentRev);
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

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
