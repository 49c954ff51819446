using System.Globalization;
using System.Text.Json;
using AgentGateway.Policy;

namespace AgentGateway.Transforms.Mapping;

/// <summary>A compiled <c>$…</c> string of the closed grammar in config/README.md.</summary>
internal sealed class Reference
{
    private readonly string[] _path;
    private readonly string _kind;
    private readonly string? _suffix;

    private Reference(string kind, string[] path, string? suffix)
    {
        _kind = kind;
        _path = path;
        _suffix = suffix;
    }

    /// <summary>The argument or member of the answer that is read first; null for what comes from the permit.</summary>
    public string? RootMember => _kind == "root" ? _path[0] : null;

    public static Reference? Parse(string text, TemplateSide side, bool insideAs, ICollection<string> faults)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var name = bar < 0 ? text[1..] : text[1..bar];
        var suffix = bar < 0 ? null : text[(bar + 1)..];
        var parts = name.Split('.');
        if (parts.Any(part => part.Length == 0 || part.Any(unit => !char.IsAsciiLetterLower(unit) && !char.IsAsciiDigit(unit) && unit != '_')))
        {
            faults.Add($"{text}: a reference is lower-case names joined by dots.");
            return null;
        }

        if (suffix is not (null or "null" or "false" or "true" or "0" or "[]" or "csv" or "etag" or "card" or "nonempty")
            && !suffix.StartsWith("default:", StringComparison.Ordinal))
        {
            faults.Add($"{text}: unknown suffix |{suffix}.");
            return null;
        }

        switch (parts[0])
        {
            case "permit" when name is "permit.project.id" or "permit.project.key" or "permit.project.name"
                or "permit.projects" or "permit.workspace":
                return new Reference("permit", parts[1..], suffix);
            case "permit" when parts is [_, "session", _]:
                return new Reference("session", parts[2..], suffix);
            case "status" when name == "status.created" && side == TemplateSide.Response:
                return new Reference("created", [], suffix);
            case "grant" when name == "grant.scopes" && side == TemplateSide.Response && insideAs:
                return new Reference("grant", [], suffix);
            case "item" when insideAs:
                return new Reference("item", parts[1..], suffix);
            case "status" when parts.Length == 1:
                // A plain member of this name; only what lies below it is ours.
                return new Reference("root", parts, suffix);
            case "permit" or "status" or "grant" or "item":
                faults.Add($"{text}: not a reference here.");
                return null;
            default:
                return new Reference("root", parts, suffix);
        }
    }

    /// <summary>Writes the value, preceded by the member name when there is one; false when it is absent and has no default.</summary>
    public bool TryWrite(Utf8JsonWriter writer, string? member, in Source source)
    {
        if (_suffix == "nonempty")
        {
            Name(writer, member);
            writer.WriteBooleanValue(TryRead(source, out var list) && IsNonEmpty(list));
            return true;
        }

        return _kind switch
        {
            "permit" => WritePermit(writer, member, source.Scope),
            "created" => WriteFlag(writer, member, source.Created),
            "grant" => WriteScopes(writer, member, source),
            _ => WriteElement(writer, member, source),
        };
    }

    /// <summary>The value as texts for a query or header: one, several for an array, none when absent.</summary>
    public IReadOnlyList<string> Texts(in Source source)
    {
        if (_kind == "permit")
        {
            return PermitTexts(source.Scope);
        }

        if (!TryRead(source, out var value))
        {
            return _suffix?.StartsWith("default:", StringComparison.Ordinal) == true ? [_suffix["default:".Length..]] : [];
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            var texts = value.EnumerateArray().Select(Scalar).ToList();
            return _suffix == "csv" && texts.Count > 0 ? [string.Join(',', texts)] : texts;
        }

        // An empty text says nothing; an empty entry of a list is left in, for Tasker to refuse, and not dropped as a filter.
        return Formatted(value) is { Length: > 0 } one ? [one] : [];
    }

    private bool WriteElement(Utf8JsonWriter writer, string? member, in Source source)
    {
        if (!TryRead(source, out var value))
        {
            return WriteDefault(writer, member);
        }

        Name(writer, member);
        switch (_suffix)
        {
            case "card" or "etag":
                writer.WriteStringValue(Formatted(value));
                break;
            case "csv":
                writer.WriteStringValue(string.Join(',', value.EnumerateArray().Select(Scalar)));
                break;
            default:
                value.WriteTo(writer);
                break;
        }

        return true;
    }

    private bool WriteDefault(Utf8JsonWriter writer, string? member)
    {
        if (_suffix is not ("null" or "false" or "true" or "0" or "[]") && _suffix?.StartsWith("default:", StringComparison.Ordinal) != true)
        {
            return false;
        }

        Name(writer, member);
        switch (_suffix)
        {
            case "null":
                writer.WriteNullValue();
                break;
            case "false" or "true":
                writer.WriteBooleanValue(_suffix == "true");
                break;
            case "0":
                writer.WriteNumberValue(0);
                break;
            case "[]":
                writer.WriteStartArray();
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(_suffix["default:".Length..]);
                break;
        }

        return true;
    }

    /// <summary>Follows the path; false when something on the way is missing.</summary>
    public bool TryRead(in Source source, out JsonElement value)
    {
        value = _kind switch { "item" => source.Item, "session" => source.Scope.Session, _ => source.Root };
        foreach (var part in _path)
        {
            var found = value.ValueKind switch
            {
                JsonValueKind.Object => value.TryGetProperty(part, out value),
                JsonValueKind.Array => TryIndex(value, part, out value),
                _ => false,
            };
            if (!found)
            {
                value = default;
                return false;
            }
        }

        // A default stands for "nothing there", whichever way the answer says it.
        return value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) || (_suffix is null && value.ValueKind == JsonValueKind.Null);
    }

    private static bool TryIndex(JsonElement list, string part, out JsonElement value)
    {
        value = default;
        if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= list.GetArrayLength())
        {
            return false;
        }

        value = list[index];
        return true;
    }

    private bool WritePermit(Utf8JsonWriter writer, string? member, CallScope scope)
    {
        Name(writer, member);
        var texts = PermitTexts(scope);
        if (_path is ["projects"])
        {
            writer.WriteStartArray();
            foreach (var text in texts)
            {
                writer.WriteStringValue(text);
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStringValue(texts[0]);
        }

        return true;
    }

    private IReadOnlyList<string> PermitTexts(CallScope scope) => string.Join('.', _path) switch
    {
        "projects" => [.. scope.Projects.Select(project => project.ProjectId.ToString("D"))],
        "workspace" => [scope.Workspace],
        "project.id" => [scope.Projects[0].ProjectId.ToString("D")],
        "project.key" => [scope.Projects[0].Key],
        _ => [scope.Projects[0].Name],
    };

    private static bool WriteScopes(Utf8JsonWriter writer, string? member, in Source source)
    {
        Name(writer, member);
        writer.WriteStartArray();
        if (source.Item.ValueKind == JsonValueKind.Object && source.Item.TryGetProperty("project_id", out var id) && id.TryGetGuid(out var project))
        {
            var grant = source.Scope.Projects.FirstOrDefault(grant => grant.ProjectId == project);
            foreach (var scope in (grant?.Scopes ?? []).Order(StringComparer.Ordinal))
            {
                writer.WriteStringValue(scope);
            }
        }

        writer.WriteEndArray();
        return true;
    }

    private static bool WriteFlag(Utf8JsonWriter writer, string? member, bool value)
    {
        Name(writer, member);
        writer.WriteBooleanValue(value);
        return true;
    }

    private string Formatted(JsonElement value) => _suffix switch
    {
        "card" when CardKey.TryParse(value.GetString(), out var key) => key.ToString(),
        "etag" => EntityTag(Scalar(value)),
        _ => Scalar(value),
    };

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };

    // A rev with other characters never matches; dropping it would turn a guarded change into an unguarded one.
    private static string EntityTag(string rev) =>
        $"\"{string.Concat(rev.Trim('"').Select(unit => char.IsAsciiLetterOrDigit(unit) ? unit : '_'))}\"";

    private static bool IsNonEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => false,
    };

    private static void Name(Utf8JsonWriter writer, string? member)
    {
        if (member is not null)
        {
            writer.WritePropertyName(member);
        }
    }
}
