using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentGateway.Transforms.Mapping;

/// <summary>How JSON leaves the gateway: UTF-8 as it is, because \u escapes cost a model three to six times the tokens.</summary>
public static class JsonOutput
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
