using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Cards.Write;
using AgentGateway.Tasker.Content;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;

namespace AgentGateway.Tasker.Sessions;

/// <summary>The session as it stands now and what the report did to its card.</summary>
internal sealed record SessionReceipt(Guid ProjectId, SessionView Session, Receipt Receipt);

/// <summary>Begins a session, brings it up to date or ends it; one that has ended is answered as it ended.</summary>
internal static class PutSession
{
    public static Write<SessionPut> As(string id) =>
        new("session:report", SessionPut.Read, (change, put) => RunAsync(change, id, put));

    private static async Task<Outcome> RunAsync(Change change, string id, SessionPut put)
    {
        var stored = await SessionRow.LockAsync(change, id);
        if (stored is not null && (stored.AgentId != change.Visit.Caller.AgentId || stored.IssueId != change.Card.Id))
        {
            throw Conflict("The session belongs to another agent or to another card.");
        }

        if (stored is { FinishedAt: not null })
        {
            return await AnswerAsync(
                change, id, [], [new Warning("session_ended", $"The session ended as {stored.Status}; nothing was changed.")]);
        }

        var warnings = new List<Warning>();
        if (stored is null)
        {
            await BeginAsync(change, id, put, warnings);
        }
        else
        {
            await stored.UpdateAsync(change, put);
        }

        await RecordAsync(change, id, stored, put);
        var changed = await SessionEffects.ApplyAsync(change, put, warnings);
        var session = await SessionRow.LockAsync(change, id) ?? throw new InvalidOperationException("A locked session vanished.");
        if (!await SessionComment.WriteAsync(change, session))
        {
            warnings.Add(new Warning("comment_removed", "The session's comment was removed from the card and stays removed."));
        }

        var status = stored is null ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        return await AnswerAsync(change, id, ["work_session", .. changed], warnings, status);
    }

    // The card's row is locked since the write arrived, so of two agents that begin at once one sees the other's session.
    private static async Task BeginAsync(Change change, string id, SessionPut put, List<Warning> warnings)
    {
        if (!put.Ends && await SessionRow.LockOpenAsync(change) is { } open)
        {
            var own = open.AgentId == change.Visit.Caller.AgentId;
            if (!own && !(open.Stale && put.Takeover))
            {
                throw Conflict(open.Stale
                    ? "Another agent has a session on the card that is stale; it can be taken over."
                    : "Another agent works on the card.");
            }

            await AbandonAsync(change, open, own);
            warnings.Add(own
                ? new Warning("session_replaced", "This agent's earlier session on the card was ended as abandoned.")
                : new Warning("session_taken_over", "The stale session of another agent was ended as abandoned."));
        }

        if (!await SessionRow.InsertAsync(change, id, put))
        {
            throw Conflict("The session was begun elsewhere meanwhile.");
        }
    }

    private static async Task AbandonAsync(Change change, SessionRow open, bool own)
    {
        await open.AbandonAsync(change, own
            ? "Ended by a later session of the same agent."
            : $"Taken over by {change.Visit.Caller.AgentName} after no report came.");
        await SessionComment.WriteAsync(
            change, await SessionRow.LockAsync(change, open.Id) ?? throw new InvalidOperationException("A locked session vanished."));
        await History.RecordAsync(
            change, change.Card.Id, [new Entry("ended", "work_session", open.Status, "abandoned")], own ? "replaced" : "taken over");
    }

    // A report that changes nothing people follow leaves no line; the comment shows when it came.
    private static Task RecordAsync(Change change, string id, SessionRow? stored, SessionPut put)
    {
        List<Entry> entries = [];
        if (stored is null)
        {
            entries.Add(new Entry("started", "work_session", null, id));
        }

        if (put.Ends)
        {
            entries.Add(new Entry("ended", "work_session", stored?.Status, put.Status));
        }
        else if (stored is not null && stored.Status != put.Status)
        {
            entries.Add(new Entry("updated", "work_session", stored.Status, put.Status));
        }

        return History.RecordAsync(change, change.Card.Id, entries, put.Goal);
    }

    private static async Task<Outcome> AnswerAsync(
        Change change, string id, IReadOnlyList<string> changed, IReadOnlyList<Warning> warnings, int status = StatusCodes.Status200OK)
    {
        var (done, total) = CardText.Progress((await StoredContent.ReadAsync(change.Visit, change.Card.Id)).Html);
        var told = Receipt.For(change) with { Changed = changed, Progress = new ChecklistProgress(done, total), Warnings = warnings };
        var receipt = await told.CompleteAsync(change.Visit, change.Project, change.Card.Number);
        var answer = new SessionReceipt(change.Project.Id, await SessionView.GetAsync(change.Visit, id), receipt);
        return Outcome.Of(status, answer, AdapterJson.Wire.SessionReceipt, receipt.Rev);
    }

    private static RefusalException Conflict(string why) => Refuse.Conflict("session_conflict", "Another work session", why);
}
