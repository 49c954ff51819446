using System.Text.Json.Serialization;

namespace AgentGateway.Console.Review;

/// <summary>Reads what the gateway prints for programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RouteList))]
[JsonSerializable(typeof(ManifestDifference))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class ReviewJson : JsonSerializerContext;
