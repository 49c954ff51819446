namespace AgentGateway.Gateway.Configure;

/// <summary>What has to hold between settings that are right one by one.</summary>
internal sealed partial record Settings
{
    private void CheckTogether(SettingsReader reader, bool taskerByHttp, bool launcherByHttp)
    {
        void CheckHttp(Uri? address, bool allowed, SettingDefinition setting, SettingDefinition allow)
        {
            if (address is { Scheme: "http", IsLoopback: false } && !allowed)
            {
                reader.Report($"{setting.Name} is plain http to another machine: "
                    + $"use https, or set {allow.Name}=true when the network itself encrypts.");
            }
        }

        CheckHttp(TaskerBaseUrl, taskerByHttp, SettingTable.TaskerBaseUrl, SettingTable.TaskerAllowHttp);
        CheckHttp(LauncherBaseUrl, launcherByHttp, SettingTable.LauncherBaseUrl, SettingTable.LauncherAllowHttp);
        if (LauncherBaseUrl is not null && LauncherToken.IsMissing)
        {
            reader.Report($"{SettingTable.LauncherBaseUrl.Name} is set, so {SettingTable.LauncherToken.Name} must be too "
                + $"(or {SettingTable.LauncherToken.FileName}).");
        }

        if (OutcomeTerms.Keys < OutcomeTerms.Outcomes)
        {
            reader.Report($"{SettingTable.KeyRetention.Name} must not be shorter than {SettingTable.OutcomeRetention.Name}.");
        }

        if (Entitlement.MaxStaleness < 2 * Entitlement.Refresh)
        {
            reader.Report($"{SettingTable.EntitlementMaxStaleness.Name} must be at least twice "
                + $"{SettingTable.EntitlementRefresh.Name}: one missed answer must not stop every agent.");
        }

        // One leaked secret must not open a second door.
        var shared = Secrets()
            .GroupBy(one => one.Value.Reveal(), one => one.Setting.Name)
            .Where(same => same.Count() > 1);
        foreach (var names in shared)
        {
            reader.Report($"{string.Join(" and ", names)} have the same value; each needs its own.");
        }
    }

    /// <summary>The secrets that may be replaced while the program runs.</summary>
    public IReadOnlyList<RotatingSecret> Rotating => [InternalToken, TaskerToken, LauncherToken];

    /// <summary>The setting that has one of the values already, or the secret itself when they are the same; null: none.</summary>
    public string? SharedWith(RotatingSecret secret, IReadOnlyList<Secret> values)
    {
        var fresh = values.Select(value => value.Reveal()).ToList();
        return fresh.Distinct(StringComparer.Ordinal).Count() < fresh.Count
            ? secret.Name
            : Secrets().Where(one => one.Setting.Name != secret.Name)
                .FirstOrDefault(one => fresh.Contains(one.Value.Reveal(), StringComparer.Ordinal)).Setting?.Name;
    }

    private IEnumerable<(SettingDefinition Setting, Secret Value)> Secrets() =>
        new (SettingDefinition Setting, IReadOnlyList<Secret> Values)[]
        {
            (SettingTable.TokenPepper, TokenPeppers), (SettingTable.KeySecret, [KeySecret]),
            (SettingTable.AuditKey, ReferenceEquals(AuditKey, KeySecret) ? [] : [AuditKey]),
            (SettingTable.TaskerInternalToken, TaskerToken.Values), (SettingTable.TaskerAssertionKey, [TaskerAssertionKey]),
            (SettingTable.InternalToken, InternalTokens), (SettingTable.LauncherToken, LauncherToken.Values),
        }
        .SelectMany(one => one.Values.Where(value => !value.IsMissing), (one, value) => (one.Setting, value));
}
