namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>What a Dockerfile of ours says of the image it makes.</summary>
internal sealed class Dockerfile(string name)
{
    public string[] Lines { get; } = File.ReadAllLines(Path.Combine(ComposeFile.Folder, $"{name}.Dockerfile"));

    /// <summary>The last value of an instruction.</summary>
    public string Last(string instruction) =>
        Lines.Last(line => line.StartsWith(instruction + " ", StringComparison.Ordinal))[(instruction.Length + 1)..];

    /// <summary>The words of an instruction in its exec form.</summary>
    public string[] Words(string instruction) =>
        global::System.Text.Json.JsonSerializer.Deserialize<string[]>(Last(instruction))
        ?? throw new InvalidOperationException($"{instruction} of {name}.Dockerfile is not in its exec form.");

    /// <summary>The environment the image gives its program.</summary>
    public IEnumerable<(string Name, string Value)> Environment =>
        string.Join(' ', Lines.Select(line => line.TrimEnd('\\').Trim()))
            .Split(" ENV ")[1].Split(" USER ")[0].Split(" COPY ")[0].Split(" # ")[0]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1].Trim('"')));
}
