using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>The findings as one line each, or as one JSON object for programs.</summary>
internal static class DoctorReport
{
    public static string Line(Finding finding)
    {
        var remedy = finding.Remedy is null ? "" : $" -> {finding.Remedy}";
        // Parts of a sentence may come from a database or another server: none of them steers the terminal.
        return string.Concat($"{Word(finding.Verdict),-4}  {finding.Check,-14} {finding.Detail}{remedy}"
            .Select(character => char.IsControl(character) ? '?' : character));
    }

    public static string Json(IReadOnlyList<Finding> findings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok", findings.All(finding => finding.Verdict != Verdict.Fail));
            writer.WriteStartArray("checks");
            foreach (var finding in findings)
            {
                writer.WriteStartObject();
                writer.WriteString("check", finding.Check);
                writer.WriteString("verdict", Word(finding.Verdict));
                writer.WriteString("detail", finding.Detail);
                writer.WriteString("remedy", finding.Remedy);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warn => "warn",
        _ => "fail",
    };
}
