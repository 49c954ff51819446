using System.Collections.Frozen;
using System.Security.Cryptography;

namespace AgentGateway.Tasker.Board;

/// <summary>The pages' own files, embedded and named by their content, so that a browser keeps each for good.</summary>
internal static class BoardAssets
{
    private static readonly string[] Names = ["board.css", "card.css", "history.css", "board.js", "history.js"];

    private static readonly FrozenDictionary<string, Asset> Files =
        Names.ToFrozenDictionary(name => name, Load, StringComparer.Ordinal);

    public static string Url(string name) => $"/assets/{Files[name].Digest}/{name}";

    public static IResult Serve(HttpContext http, string digest, string name)
    {
        if (!Files.TryGetValue(name, out var file) || file.Digest != digest)
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Bytes(file.Content, file.Type);
    }

    private static Asset Load(string name)
    {
        using var stream = typeof(BoardAssets).Assembly.GetManifestResourceStream($"board/{name}")
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var type = Path.GetExtension(name) switch { ".css" => "text/css", ".js" => "text/javascript", _ => "image/svg+xml" };
        return new Asset(content, type + "; charset=utf-8", Convert.ToHexStringLower(SHA256.HashData(content))[..12]);
    }

    private sealed record Asset(byte[] Content, string Type, string Digest);
}
