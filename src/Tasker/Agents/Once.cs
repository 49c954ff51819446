using System.Text.RegularExpressions;

namespace AgentGateway.Tasker.Agents;

/// <summary>The key that a form carries, so that sending it twice does it once.</summary>
internal static partial class Once
{
    public const string Field = "once";

    public static string NewKey() => Guid.CreateVersion7().ToString("N");

    /// <summary>The form's key, or a new one when it has none that could be one.</summary>
    public static string KeyOf(IFormCollection form) =>
        form[Field] is [{ } key] && Form().IsMatch(key) ? key : NewKey();

    [GeneratedRegex(@"\A[0-9a-f]{32}\z")]
    private static partial Regex Form();
}
