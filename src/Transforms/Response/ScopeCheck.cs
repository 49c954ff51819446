using System.Text.Json;

namespace AgentGateway.Transforms.Response;

/// <summary>Says of the objects of an answer whether each is of one of the call's projects.</summary>
internal static class ScopeCheck
{
    /// <summary>One object, each of a list, or nothing.</summary>
    public static bool ArePermitted(CallScope scope, JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Array)
        {
            return part.ValueKind == JsonValueKind.Null || IsPermitted(scope, part);
        }

        foreach (var item in part.EnumerateArray())
        {
            if (!IsPermitted(scope, item))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsPermitted(CallScope scope, JsonElement item) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty("project_id"u8, out var id)
        && id.ValueKind == JsonValueKind.String
        && id.TryGetGuid(out var project)
        && IsPermitted(scope, project);

    private static bool IsPermitted(CallScope scope, Guid project)
    {
        for (var n = 0; n < scope.Projects.Count; n++)
        {
            if (scope.Projects[n].ProjectId == project)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>However deep it lies.</summary>
    public static bool HasForeign(CallScope scope, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (HasForeign(scope, item))
                {
                    return true;
                }
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                if ((member.NameEquals("project_id"u8) && !IsPermitted(scope, value)) || HasForeign(scope, member.Value))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
