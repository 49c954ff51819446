using System.Collections.Frozen;

namespace AgentGateway.Policy;

/// <summary>The closed vocabulary itself. Codes from Tasker that are not here are answered as <see cref="UpstreamInvalid"/>.</summary>
public static class Reasons
{
    private const string ListProjects = "Call list_projects to see the granted projects, or ask the agent's owner for access.";
    private const string WaitAndRepeat = "Wait 20 seconds, then repeat the same call with the same idempotency_key.";
    private const string ReadAgain = "Read the card again and repeat the change if it still makes sense.";
    private const string UseCandidates = "Use one of the candidates, or call get_project_context to see what exists.";

    // Who is asking.
    public static readonly Reason Unauthenticated = new("unauthenticated", 401,
        "The agent token is missing, unknown, expired or revoked.",
        "Ask the owner for a fresh token in Tasker, set NODEDC_AGENT_TOKEN to it and start Codex again.", false);

    public static readonly Reason AgentSuspended = new("agent_suspended", 403,
        "This agent is suspended.", "Ask the agent's owner to resume it in Tasker.", false);

    public static readonly Reason AgentsDisabled = new("agents_disabled", 403,
        "Codex agents are switched off here.", "Ask a workspace administrator to switch the feature on.", false);

    public static readonly Reason EntitlementStale = new("entitlement_stale", 403,
        "For too long nobody could confirm that this agent's owner may have agents.",
        "Wait until the gateway reaches the Launcher again and repeat the call; tell the agent's owner if that takes long.", true);

    // What is asked.
    public static readonly Reason UnknownTool = new("unknown_tool", 404,
        "There is no such tool.", "Call tools/list and use one of the names it shows.", false);

    public static readonly Reason ValidationFailed = new("validation_failed", 422,
        "An argument does not match the tool's schema.", "Correct the named arguments and call again.", false);

    public static readonly Reason ScopeMissing = new("scope_missing", 403,
        "The agent lacks a permission this call needs.", "Ask the agent's owner to grant it in Tasker.", false);

    public static readonly Reason ReadOnlyMode = new("read_only_mode", 403,
        "This agent may only read.", "Ask the agent's owner to change its mode in Tasker.", false);

    public static readonly Reason OutsideSession = new("outside_session", 403,
        "This agent reports: it may change only the card of its open work session.",
        "Call start_work_session on that card first; other changes are a person's, or an agent's in another mode.", false);

    public static readonly Reason NoWorkSession = new("no_work_session", 409,
        "This agent has no open work session.", "Call start_work_session with the card first.", false);

    public static readonly Reason SessionRequired = new("session_required", 422,
        "Several work sessions are open, so the call must name one.",
        "Add the session_id that start_work_session returned; whoami shows the open ones.", false);

    public static readonly Reason SessionNotFound = new("session_not_found", 404,
        "This agent has no such work session.", "Use the session_id that start_work_session returned; whoami shows the open ones.", false);

    public static readonly Reason TooManySessions = new("too_many_sessions", 409,
        "This agent has as many open work sessions as it may have.", "Call finish_work_session for one that is done first.", false);

    public static readonly Reason SessionEnded = new("session_ended", 409,
        "This work session has ended.", "Call start_work_session again if there is more to do on the card.", false);

    public static readonly Reason ProjectRequired = new("project_required", 422,
        "Several projects are granted, so the call must name one.",
        "Add the project argument; list_projects shows the keys.", false);

    public static readonly Reason ProjectNotGranted = new("project_not_granted", 403,
        "The project does not exist or is not granted to this agent.", ListProjects, false);

    public static readonly Reason OperationForbidden = new("operation_forbidden", 403,
        "Agents cannot do this.", "There is no way to do it through this gateway; a person must do it in Tasker.", false);

    // The ledger.
    public static readonly Reason IdempotencyKeyReused = new("idempotency_key_reused", 422,
        "This idempotency_key was already used for a different call.",
        "Use a new idempotency_key for a new change; repeat a key only with the very same arguments.", false);

    public static readonly Reason IdempotencyKeyInvalid = new("idempotency_key_invalid", 400,
        "The idempotency key is not usable.",
        "Send one key of 8 to 80 visible ASCII characters, in the header Idempotency-Key or in the body.", false);

    public static readonly Reason KeyExpired = new("key_expired", 422,
        "This idempotency_key was used so long ago that its outcome is not kept any more.",
        "Read the card to see what it became; use a new idempotency_key for a new change.", false);

    public static readonly Reason IdempotencyInProgress = new("idempotency_in_progress", 409,
        "A call with this idempotency_key is still running.", WaitAndRepeat, true);

    public static readonly Reason LedgerUnavailable = new("ledger_unavailable", 503,
        "The gateway cannot write its audit record, so nothing was sent.", WaitAndRepeat, true);

    public static readonly Reason AdmissionExpired = new("admission_expired", 503,
        "The call waited too long before it could be sent, so nothing was sent.", WaitAndRepeat, true);

    public static readonly Reason RateLimited = new("rate_limited", 429,
        "Too many calls.", "Wait the seconds that retry_after says, then repeat the same call with the same idempotency_key.", true);

    public static readonly Reason Overloaded = new("overloaded", 503,
        "Too many calls wait for the gateway at once, so this one was not taken and nothing was sent.", WaitAndRepeat, true);

    // Tasker's answers.
    public static readonly Reason UpstreamUnavailable = new("upstream_unavailable", 503,
        "Tasker cannot be reached; nothing was changed.", WaitAndRepeat, true);

    public static readonly Reason OutcomeUnknown = new("outcome_unknown", 504,
        "Tasker did not answer in time, so it is not known whether the change was made.",
        "Repeat the same call with the same idempotency_key: it is never done twice under one key.", true);

    public static readonly Reason UpstreamInvalid = new("upstream_invalid", 502,
        "Tasker's answer broke the contract and was withheld.",
        "Tell the agent's owner; the gateway's operators find the call in the audit by its request id.", false);

    public static readonly Reason ResponseTooLarge = new("response_too_large", 502,
        "The answer is larger than 32 KB.", "Ask for less: a smaller limit, fewer parts, or one card.", false);

    public static readonly Reason CardNotFound = new("card_not_found", 404,
        "There is no such card.", "Check the key, or find the card with search_cards.", false);

    public static readonly Reason CommentNotFound = new("comment_not_found", 404,
        "There is no such comment on this card.", "Call list_comments and use an id it shows.", false);

    public static readonly Reason BlockNotFound = new("block_not_found", 404,
        "There is no such block in this card.", "Call get_card_content and use an id it shows.", false);

    public static readonly Reason MemberNotInWorkspace = new("member_not_in_workspace", 404,
        "There is no such person in the workspace.", "Call list_workspace_members with filter \"not_in_project\".", false);

    public static readonly Reason RevisionMismatch = new("revision_mismatch", 412,
        "The card changed since that rev.", ReadAgain, true);

    public static readonly Reason BlockConflict = new("block_conflict", 409,
        "The block changed since that rev.", "Call get_card_content, merge, and repeat with the new block_rev.", true);

    public static readonly Reason StateChanged = new("state_changed", 409,
        "The card is not in the expected state any more.", ReadAgain, true);

    public static readonly Reason SessionConflict = new("session_conflict", 409,
        "Another agent has an open work session on this card.", "Choose another card, or take over a stale session.", true);

    public static readonly Reason DuplicateExternalId = new("duplicate_external_id", 409,
        "A card with this external id exists already.", "Read the existing card.", false);

    public static readonly Reason OperationFenced = new("operation_fenced", 409,
        "This operation was given up and cannot be done any more under its key.",
        "Read the card, then call again with a new idempotency_key if the change is still needed.", false);

    public static readonly Reason NotAfterPassed = new("not_after_passed", 409,
        "The call reached Tasker too late and was not done.", WaitAndRepeat, true);

    public static readonly Reason UnknownState = new("unknown_state", 422,
        "The project has no such state.", UseCandidates, false);

    public static readonly Reason UnknownLabel = new("unknown_label", 422,
        "The project has no such label.", UseCandidates, false);

    public static readonly Reason UnknownMember = new("unknown_member", 422,
        "The project has no such member.", "Use one of the candidates, or call list_workspace_members.", false);

    public static readonly Reason MemberNotAssignable = new("member_not_assignable", 422,
        "This person cannot be assigned in this project.", "Choose an assignable member from list_workspace_members.", false);

    public static readonly Reason AmbiguousName = new("ambiguous_name", 422,
        "Several things have this name.", "Use one of the candidates, which are unique.", false);

    public static readonly Reason TransitionNotAllowed = new("transition_not_allowed", 422,
        "The card cannot move to this state.", UseCandidates, false);

    public static readonly Reason BlockTypeMismatch = new("block_type_mismatch", 422,
        "The block is of another type than this change needs.", "Call get_card_content and choose a matching block.", false);

    public static readonly Reason FormatLoss = new("format_loss", 422,
        "The change would drop formatting that Markdown cannot express.",
        "Set allow_format_loss to true if losing it is fine, or add a new block instead.", false);

    public static readonly Reason ContentRejected = new("content_rejected", 422,
        "The text contains something that may not be stored, such as a secret.", "Remove it and call again.", false);

    public static readonly Reason PreconditionRequired = new("precondition_required", 428,
        "Changing the title needs the card's rev.", "Call get_card and pass its rev.", false);

    public static readonly Reason PayloadTooLarge = new("payload_too_large", 413,
        "The text is too large.", "Send less, or split it over several calls.", false);

    // The backends' routes: owners, entitlements.
    public static readonly Reason InternalUnauthenticated = new("internal_unauthenticated", 401,
        "The internal token is missing or wrong.", "Send NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN as bearer token.", false);

    public static readonly Reason NotFound = new("not_found", 404,
        "There is no such thing here.", "Check the owner and the ids in the address.", false);

    public static readonly Reason InvalidRequest = new("invalid_request", 422,
        "A field, header or query value is not acceptable.", "Correct what the errors name and send it again.", false);

    public static readonly Reason MalformedBody = new("malformed_body", 400,
        "The body is not one well-formed JSON object.", "Send one UTF-8 JSON object without duplicate members.", false);

    public static readonly Reason AgentRevoked = new("agent_revoked", 409,
        "The agent is revoked for good.", "Create a new agent.", false);

    public static readonly Reason TokenNotLive = new("token_not_live", 409,
        "The token is revoked or has expired.", "Issue a new token.", false);

    public static readonly Reason TooManyTokens = new("too_many_tokens", 409,
        "An agent has at most two live tokens.", "Revoke one first, or rotate without overlap.", false);

    public static readonly Reason UnknownProject = new("unknown_project", 422,
        "Tasker knows no such agent-enabled project in this workspace.", "Use the key of a project with agents switched on.", false);

    // Pairing. The first four are the words of RFC 8628, under the status it names.
    public static readonly Reason AuthorizationPending = new("authorization_pending", 400,
        "The owner has not decided yet.", "Ask again after the interval.", true);

    public static readonly Reason SlowDown = new("slow_down", 400,
        "The device asks too often.", "Add five seconds to the interval and ask again.", true);

    public static readonly Reason AccessDenied = new("access_denied", 400,
        "The pairing was turned down.", "Start again if the owner wants it.", false);

    public static readonly Reason ExpiredToken = new("expired_token", 400,
        "The pairing is unknown, expired or was used already.", "Start again.", false);

    public static readonly Reason PairingLocked = new("pairing_locked", 429,
        "Too many tries; nothing more is answered for a while.", "Wait as long as retry_after_seconds says.", true);

    public static readonly Reason TooManyPairings = new("too_many_pairings", 429,
        "Too many pairings are open.", "Wait until some are finished or expire; none lives longer than ten minutes.", true);

    public static readonly Reason PairingDecided = new("pairing_decided", 409,
        "This pairing has been decided on already.", "Start again on the device for another decision.", false);

    // Messages that are not a call yet.
    public static readonly Reason MalformedMessage = new("malformed_message", 400,
        "The message is not one well-formed JSON-RPC request.", "Send one UTF-8 JSON object without duplicate members.", false);

    public static readonly Reason RequestRefused = new("request_refused", 400,
        "The request does not fit this endpoint.",
        "Check address, method and headers; MCP is POST /mcp with application/json.", false);

    public static readonly Reason InternalError = new("internal_error", 500,
        "The gateway could not handle the request.",
        "Repeat a change only with the same idempotency_key; operators find the failure by its request id.", true);

    public static readonly FrozenDictionary<string, Reason> ByCode = typeof(Reasons).GetFields()
        .Where(field => field.FieldType == typeof(Reason))
        .Select(field => (Reason)field.GetValue(null)!)
        .ToFrozenDictionary(reason => reason.Code, StringComparer.Ordinal);
}
