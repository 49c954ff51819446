namespace AgentGateway.Gateway;

/// <summary>
/// Everything the gateway tells its operators, one sentence each: names and ids, never arguments, tokens or bodies.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Agent Gateway {Version} listens for agents on {Urls}.")]
    public static partial void Listening(this ILogger logger, string version, string urls);

    [LoggerMessage(1002, LogLevel.Warning,
        "No token pepper is set: agent tokens are stored as plain SHA-256, and who writes the database mints them.")]
    public static partial void NoPepper(this ILogger logger);

    [LoggerMessage(1003, LogLevel.Error,
        "The database has schema {Found}, this program needs {Expected}: run gateway migrate, or a newer program. Not ready until then.")]
    public static partial void WrongSchema(this ILogger logger, int found, int expected);

    [LoggerMessage(1004, LogLevel.Information, "{Setting} was read anew from its file; {Count} value(s) are valid now.")]
    public static partial void SecretReplaced(this ILogger logger, string setting, int count);

    [LoggerMessage(1005, LogLevel.Error, "{Setting} was not read anew, the old value stays: its file {Why}.")]
    public static partial void SecretNotReplaced(this ILogger logger, string setting, string why);

    [LoggerMessage(1006, LogLevel.Warning, "The Launcher did not say whether {Owner} may have agents: {Why}. Its last word holds on.")]
    public static partial void LauncherSilent(this ILogger logger, string owner, string why);

    [LoggerMessage(1007, LogLevel.Warning,
        "The Launcher's answer about {Owner} is not what it pushed before, for {Count} client(s); these were not confirmed.")]
    public static partial void LauncherContradicts(this ILogger logger, string owner, int count);

    [LoggerMessage(1008, LogLevel.Warning, "No round of questions to the Launcher: {Failure}.")]
    public static partial void EntitlementsNotRefreshed(this ILogger logger, string failure);

    [LoggerMessage(1009, LogLevel.Warning, "Old answers to owners' writes were not thrown away: {Failure}.")]
    public static partial void OldAnswersKept(this ILogger logger, string failure);

    [LoggerMessage(1010, LogLevel.Warning, "The database did not carry out a backend's {Method} request: {Failure}. It was refused.")]
    public static partial void OwnerRequestFailed(this ILogger logger, string method, string failure);

    [LoggerMessage(2001, LogLevel.Warning, "A token could not be looked up: {Failure}. The caller was refused.")]
    public static partial void TokenLookupFailed(this ILogger logger, string failure);

    [LoggerMessage(2002, LogLevel.Warning, "The time of last use of {Count} tokens was not written: {Failure}.")]
    public static partial void LastUseNotWritten(this ILogger logger, int count, string failure);

    [LoggerMessage(4001, LogLevel.Error,
        "A refusal ({Reason}, request {RequestId}) was answered; it is counted until the database is back: {Failure}.")]
    public static partial void RefusalNotWritten(this ILogger logger, string reason, Guid requestId, string failure);

    [LoggerMessage(4002, LogLevel.Error, "{Count} counted refusals wait for the database: {Failure}.")]
    public static partial void RefusalCountsWait(this ILogger logger, int count, string failure);

    [LoggerMessage(4003, LogLevel.Error, "{Count} settlements of reads wait for the database: {Failure}.")]
    public static partial void TrailingEventsWait(this ILogger logger, int count, string failure);

    [LoggerMessage(4004, LogLevel.Error, "{Count} settlements of reads were lost: {Failure}. Their admissions are kept.")]
    public static partial void TrailingEventsLost(this ILogger logger, int count, string failure);

    [LoggerMessage(4005, LogLevel.Error,
        "{Admissions} admissions and {Settlements} settlements were not written and their calls refused: {Failure}.")]
    public static partial void FlushFailed(this ILogger logger, int admissions, int settlements, string failure);

    [LoggerMessage(4006, LogLevel.Warning, "Expired pairings were not taken out: {Failure}. They are refused all the same.")]
    public static partial void PairingSweepWaits(this ILogger logger, string failure);

    [LoggerMessage(4101, LogLevel.Warning,
        "No checkpoint key is set: the audit is not sealed, and who writes the database can change it unnoticed.")]
    public static partial void NotSealed(this ILogger logger);

    [LoggerMessage(4102, LogLevel.Information, "Checkpoint {Line}")]
    public static partial void Sealed(this ILogger logger, string line);

    [LoggerMessage(4103, LogLevel.Warning,
        "{Count} rows of checkpoint {Number} carry no MAC that this program can confirm; gateway audit verify says which.")]
    public static partial void SealedUnproven(this ILogger logger, int count, long number);

    [LoggerMessage(4104, LogLevel.Error, "The audit is not sealed on: {Why}.")]
    public static partial void SealingRefused(this ILogger logger, string why);

    [LoggerMessage(4105, LogLevel.Warning, "Sealing was interrupted and goes on: {Failure}.")]
    public static partial void SealingInterrupted(this ILogger logger, string failure);

    [LoggerMessage(4106, LogLevel.Error, "Checkpoints are not exported to {File} until it can be written: {Failure}.")]
    public static partial void CheckpointsNotExported(this ILogger logger, string file, string failure);

    [LoggerMessage(4107, LogLevel.Information, "The partition {Name} of the audit was made.")]
    public static partial void PartitionMade(this ILogger logger, string name);

    [LoggerMessage(4108, LogLevel.Error,
        "The next partitions of the audit were not made: {Failure}. Run gateway migrate; without its month nothing is admitted.")]
    public static partial void PartitionNotMade(this ILogger logger, string failure);

    [LoggerMessage(4201, LogLevel.Warning, "The outcome of {Tool} (admission {Admission}) is still unknown: {Why}. It is asked for again.")]
    public static partial void StillInDoubt(this ILogger logger, string tool, Guid admission, string why);

    [LoggerMessage(4202, LogLevel.Error,
        "{Count} writes have been in doubt for more than 15 minutes: Tasker does not say what became of them.")]
    public static partial void OverdueDoubts(this ILogger logger, long count);

    [LoggerMessage(4203, LogLevel.Warning, "Unknown outcomes wait for the database: {Failure}.")]
    public static partial void ReconcilerWaits(this ILogger logger, string failure);

    [LoggerMessage(4204, LogLevel.Warning, "Old outcomes and unsettled reads wait for the database: {Failure}.")]
    public static partial void KeepingWaits(this ILogger logger, string failure);

    [LoggerMessage(4301, LogLevel.Warning, "The work session of a call of {Tool} could not be looked up: {Failure}. The call was refused.")]
    public static partial void SessionNotFound(this ILogger logger, string tool, string failure);

    [LoggerMessage(4302, LogLevel.Warning, "What a call of {Tool} changes of its work session is not written yet: {Failure}.")]
    public static partial void SessionNotKept(this ILogger logger, string tool, string failure);

    [LoggerMessage(4303, LogLevel.Warning, "Tasker does not know yet that the work session {Session} has ended: {Why}. It is told again.")]
    public static partial void SessionEndNotTold(this ILogger logger, Guid session, string why);

    [LoggerMessage(4304, LogLevel.Warning, "Work sessions wait for the database: {Failure}.")]
    public static partial void SessionsWait(this ILogger logger, string failure);

    [LoggerMessage(4305, LogLevel.Warning, "Live panels wait for the database: {Failure}. They read everything anew afterwards.")]
    public static partial void ChangesWait(this ILogger logger, string failure);

    [LoggerMessage(5001, LogLevel.Error, "Tasker's answer to {Tool} (request {RequestId}) was withheld: {Fault}.")]
    public static partial void AnswerWithheld(this ILogger logger, string tool, Guid requestId, string fault);
}
