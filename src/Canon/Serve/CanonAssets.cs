using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace AgentGateway.Canon.Serve;

/// <summary>Embedded files of pages, named by their content, so that a browser keeps each for good.</summary>
public sealed class CanonAssets
{
    internal static readonly CanonAssets Own = new(typeof(CanonAssets).Assembly, "canon/");

    private readonly FrozenDictionary<string, Asset> _files;
    private readonly string _folder;

    /// <summary>All embedded resources of the assembly whose name begins with the folder, which is their address too.</summary>
    public CanonAssets(Assembly assembly, string folder)
    {
        _folder = folder;
        _files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[folder.Length..], name => Load(assembly, name), StringComparer.Ordinal);
    }

    public string Url(string name) => $"/{_folder}{_files[name].Digest}/{name}";

    public IResult Serve(HttpContext http, string digest, string name)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (!_files.TryGetValue(name, out var file) || file.Digest != digest)
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return TypedResults.Bytes(file.Content, file.Type);
    }

    private static Asset Load(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var type = Path.GetExtension(name) switch { ".css" => "text/css", ".js" => "text/javascript", _ => "image/svg+xml" };
        return new Asset(content, type + "; charset=utf-8", Convert.ToHexStringLower(SHA256.HashData(content))[..12]);
    }

    private sealed record Asset(byte[] Content, string Type, string Digest);
}
