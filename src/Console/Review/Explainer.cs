using System.Text.Json;

namespace AgentGateway.Console.Review;

/// <summary>Has the gateway say what it would decide; nothing is sent and nothing written.</summary>
internal sealed class Explainer(GatewayProgram gateway)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The explanation, or why there is none in the gateway's words.</summary>
    public async Task<(Explanation? Explanation, string? Fault)> ExplainAsync(Question question, CancellationToken cancel)
    {
        // "--name=value" in one word, so that no value can be taken for an option.
        var arguments = new List<string> { "explain", $"--agent={question.Agent}", $"--tool={question.Tool}", "--json" };
        arguments.AddRange(question.Project is { } project ? [$"--project={project}"] : []);
        arguments.AddRange(question.Card is { } card ? [$"--card={card}"] : []);
        if (question.Arguments is { } given)
        {
            // "@" would name a file on this machine.
            if (!given.StartsWith('{'))
            {
                return (null, "--arguments takes one JSON object.");
            }

            arguments.Add($"--arguments={given}");
        }

        var answer = await gateway.AskAsync(arguments, Patience, onError: null, cancel);
        return answer.ExitCode is 0 or GatewayProgram.Refused && answer.Output.StartsWith('{')
            ? (JsonSerializer.Deserialize(answer.Output, ReviewJson.Default.Explanation), null)
            : (null, answer.Errors.Trim());
    }
}
