using AgentGateway.Security.Tests.Rig;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>Chooses runs: every fault often, each time at another frame, operation and retry.</summary>
internal static class Plans
{
    private static readonly Operation[] Operations = Enum.GetValues<Operation>();
    private static readonly Operation[] Writes =
        [Operation.Create, Operation.Update, Operation.Move, Operation.Comment, Operation.Append];

    private static readonly Retry[] Retries = Enum.GetValues<Retry>();

    public static IReadOnlyList<Plan> Of(Seeded seeded, int local, int global)
    {
        var plans = new List<Plan>();
        for (var number = 0; number < local; number++)
        {
            // A kill is worth most: at every fourth run, and each at a frame of its own.
            // A hang costs eleven seconds, so there are few.
            var fault = number % 4 == 0 ? Fault.Kill : number % 60 == 7 ? Fault.Hang : Fault.Local[number % Fault.Local.Count];
            plans.Add(Of(seeded, fault));
        }

        for (var number = 0; number < global; number++)
        {
            plans.Add(Of(seeded, ServerFaults.All[number % ServerFaults.All.Count]));
        }

        return plans;
    }

    /// <summary>What it takes to see one planted mistake.</summary>
    public static IReadOnlyList<Plan> Against(string plant) => plant switch
    {
        "audit-after-call" or "retry-without-dedupe" => UnderEach(Fault.ResetAfterCommit, Writes),
        "cancel-on-disconnect" => UnderEach(Fault.ClientLeaves, Writes),
        "check-then-claim" => UnderEach(Fault.Duplicates, [.. Writes, .. Writes, .. Writes]),
        "reconcile-by-get" => UnderEach(Fault.LateDelivery, [Operation.Comment, Operation.Comment, Operation.Comment]),
        _ => [],
    };

    private static IReadOnlyList<Plan> UnderEach(Fault fault, Operation[] operations) =>
        [.. operations.Select(operation => new Plan(fault, 1, operation, Retry.OnAnotherReplica))];

    private static Plan Of(Seeded seeded, Fault fault) => new(
        fault,
        1 + seeded.Below(fault.Points),
        seeded.Of(fault.AtTasker && !fault.AtDatabase ? Writes : Operations),
        seeded.Of(Retries));
}
