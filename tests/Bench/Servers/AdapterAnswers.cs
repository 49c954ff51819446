using System.Text.Json;

namespace AgentGateway.Bench.Servers;

/// <summary>The constant answers of the stand-in for Tasker: one project, one card of about 1 KB, one comment.</summary>
internal static class AdapterAnswers
{
    public const string Workspace = "bench";
    public const string ProjectKey = "NDC";
    public const string Project = "0198a000-0000-7000-8000-000000000001";
    public const string CardKey = "NDC-12";
    public const string CommentId = "0198a000-0000-7000-8000-0000000000c1";

    public static readonly byte[] ResolvedProject = Json($$"""
        {
          "id": "{{Project}}", "project_id": "{{Project}}", "key": "{{ProjectKey}}", "name": "Bench project",
          "description": "", "workspace": "{{Workspace}}", "default_state": "Todo", "open_cards": 12, "active_cards": 3,
          "agent_max_scopes": null
        }
        """);

    public static readonly byte[] Card = Json($$"""
        {
          "id": "0198a000-0000-7000-8000-0000000000a1", "project_id": "{{Project}}", "key": "{{CardKey}}", "sequence": 12,
          "project": "{{ProjectKey}}", "title": "Show the owner which agents are connected", "priority": "high",
          "state": { "name": "In Progress", "group": "started" }, "assignees": ["ada"], "labels": ["backend"],
          "parent": null, "start_date": "2026-01-05", "due_date": null, "estimate": null,
          "created_at": "2026-01-02T09:00:00Z", "updated_at": "2026-01-06T15:04:05Z",
          "created_by": { "kind": "user", "name": "Ada" }, "links": [], "progress": { "checked": 2, "total": 5 },
          "comment_count": 1, "work_session": null, "rev": "r7", "content_rev": "c3",
          "url": "https://tasker.example/bench/NDC-12", "content_markdown": "- [x] list agents\n- [ ] show their grants",
          "content_truncated": false,
          "comments": [{
            "id": "{{CommentId}}", "project_id": "{{Project}}", "author": { "kind": "user", "name": "Ada" },
            "body_markdown": "The page should say when each agent was last seen.", "created_at": "2026-01-03T10:00:00Z",
            "edited_at": null, "reply_to": null
          }]
        }
        """);

    public static readonly byte[] CommentReceipt = Json($$"""
        {
          "project_id": "{{Project}}", "card": "{{CardKey}}", "deduplicated": false,
          "url": "https://tasker.example/bench/NDC-12#comment", "warnings": [],
          "comment": {
            "id": "{{CommentId}}", "project_id": "{{Project}}", "body_markdown": "{{new string('b', 500)}}",
            "author": { "kind": "agent", "name": "bench", "agent": { "id": "a", "name": "bench", "owner": "ada" } },
            "created_at": "2026-01-06T15:04:05Z", "edited_at": null, "reply_to": null
          }
        }
        """);

    private static byte[] Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        using var compact = new MemoryStream();
        using (var writer = new Utf8JsonWriter(compact))
        {
            document.WriteTo(writer);
        }

        return compact.ToArray();
    }
}
