using AgentGateway.Gateway.Configure;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Holds what an owner wishes for an agent's rates within what the gateway can bear: ten times the usual.</summary>
internal sealed class LimitWishes(Settings settings)
{
    private const double Ceiling = 10;
    private const double LeastRate = 0.01;
    private const double Most = 1_000_000;

    /// <exception cref="RequestRefusedException">With the member that is out of bounds, or stands alone.</exception>
    public LimitsBody Check(LimitsBody wish)
    {
        Check("call", wish.CallRate, wish.CallBurst, settings.Rates.AgentCalls);
        Check("write", wish.WriteRate, wish.WriteBurst, settings.Rates.AgentWrites);
        return wish;
    }

    private static void Check(string kind, double? rate, int? burst, Rate usual)
    {
        if (rate is null != burst is null)
        {
            throw RequestRefusedException.Invalid(
                $"$.limits.{kind}_rate", $"{kind}_rate and {kind}_burst are given together or not at all.");
        }

        Check($"$.limits.{kind}_rate", rate, LeastRate, usual.IsUnlimited ? Most : usual.PerSecond * Ceiling);
        Check($"$.limits.{kind}_burst", burst, 1, usual.IsUnlimited ? Most : usual.Burst * Ceiling);
    }

    // Written so that what is no number is out of bounds too.
    private static void Check(string field, double? value, double least, double most)
    {
        if (value is { } number && !(number >= least && number <= most))
        {
            throw RequestRefusedException.Invalid(field, FormattableString.Invariant($"It must be {least} to {most}."));
        }
    }
}
