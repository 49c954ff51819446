using System.Collections.Frozen;

namespace AgentGateway.Tasker.Adapter.Input;

/// <summary>Names the tracker itself would accept in a body; here they are refused as forbidden, not as misspelt.</summary>
internal static class TrackerColumns
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal,
        "id", "workspace", "workspace_id", "project", "project_id", "sequence_id", "name", "description", "description_html",
        "description_json", "description_binary", "description_stripped", "state", "state_id", "parent_id", "estimate_point",
        "estimate_point_id", "point", "target_date", "sort_order", "completed_at", "archived_at", "deleted_at", "is_draft", "is_epic",
        "created_by", "created_by_id", "created_by_agent", "updated_by", "updated_by_id", "created_at", "updated_at", "external_id",
        "external_source", "type", "type_id", "labels", "label_ids", "assignees", "assignee_ids", "cycle", "cycle_id", "module",
        "module_ids", "rev", "content_rev", "rev_xid", "content_xid", "name_key", "search", "comment_html", "comment_json",
        "comment_stripped", "actor", "actor_id", "access", "is_active", "member_id", "agents_enabled", "archive", "delete");

    public static bool Contains(string name) => Names.Contains(name);
}
