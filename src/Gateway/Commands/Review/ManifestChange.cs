namespace AgentGateway.Gateway.Commands.Review;

/// <summary>What a change means for agents: in doubt it is a <see cref="Gain"/>, which is what a reviewer must look at.</summary>
internal enum Direction
{
    /// <summary>Agents can do or see more, or something else than before.</summary>
    Gain,

    /// <summary>Agents can do or see less.</summary>
    Loss,

    /// <summary>Only what the model is told changes.</summary>
    Words,
}

/// <summary>One difference between two manifests.</summary>
/// <param name="Tool">The tool, or <see cref="ManifestLeaves.Shared"/>.</param>
/// <param name="Place">Where in the manifest or contract, in dotted form.</param>
/// <param name="Sentence">What it means, for a reviewer.</param>
/// <param name="Who">The bundles whose agents it concerns.</param>
internal sealed record ManifestChange(
    Direction Direction, string Tool, string Place, string? Old, string? New, string Sentence, IReadOnlyList<string> Who);
