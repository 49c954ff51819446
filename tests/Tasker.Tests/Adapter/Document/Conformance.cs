using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace AgentGateway.Tasker.Tests.Adapter.Document;

/// <summary>Holds a JSON value to a schema of the document: types, members, required members, enumerations.</summary>
internal sealed class Conformance(AdapterDocument document)
{
    public IEnumerable<string> Complaints(JsonNode? value, YamlMappingNode schema, string at = "")
    {
        schema = document.Resolve(schema);
        if (schema.Children.TryGetValue("oneOf", out var choices))
        {
            return ((YamlSequenceNode)choices).Cast<YamlMappingNode>().Any(choice => !Complaints(value, choice, at).Any())
                ? []
                : [$"{at}: fits no alternative"];
        }

        if (schema.Children.TryGetValue("type", out var type) && !Types(type).Any(one => Fits(value, one)))
        {
            return [$"{at}: {value?.ToJsonString() ?? "null"} is no {string.Join(" or ", Types(type))}"];
        }

        if (schema.Children.TryGetValue("enum", out var words) && value is not null
            && !((YamlSequenceNode)words).Any(word => word.ToString() == value.ToString()))
        {
            return [$"{at}: {value} is not listed"];
        }

        return value switch
        {
            JsonObject members => OfObject(members, schema, at),
            JsonArray items => items.SelectMany((item, index) => Complaints(item, AdapterDocument.Map(schema, "items"), $"{at}/{index}")),
            _ => [],
        };
    }

    private IEnumerable<string> OfObject(JsonObject value, YamlMappingNode schema, string at)
    {
        var known = schema.Children.TryGetValue("properties", out var properties) ? (YamlMappingNode)properties : [];
        var closed = schema.Children.TryGetValue("additionalProperties", out var more) && more.ToString() == "false";
        var required = schema.Children.TryGetValue("required", out var names) ? ((YamlSequenceNode)names).Select(name => name.ToString()) : [];
        foreach (var name in required.Where(name => !value.ContainsKey(name)))
        {
            yield return $"{at}/{name} is missing";
        }

        foreach (var (name, member) in value)
        {
            if (known.Children.TryGetValue(name, out var property))
            {
                foreach (var complaint in Complaints(member, (YamlMappingNode)property, $"{at}/{name}"))
                {
                    yield return complaint;
                }
            }
            else if (closed)
            {
                yield return $"{at}/{name} is not documented";
            }
        }
    }

    private static IEnumerable<string> Types(YamlNode type) => type is YamlSequenceNode several
        ? several.Select(one => one.ToString())
        : [type.ToString()];

    private static bool Fits(JsonNode? value, string type) => (value?.GetValueKind() ?? JsonValueKind.Null, type) switch
    {
        (JsonValueKind.String, "string") => true,
        (JsonValueKind.Number, "number") => true,
        (JsonValueKind.Number, "integer") => !value!.ToJsonString().Contains('.'),
        (JsonValueKind.True or JsonValueKind.False, "boolean") => true,
        (JsonValueKind.Object, "object") => true,
        (JsonValueKind.Array, "array") => true,
        (JsonValueKind.Null, "null") => true,
        _ => false,
    };
}
