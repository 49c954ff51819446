namespace AgentGateway.Gateway.Configure;

/// <summary>The addresses that people and agents are sent to.</summary>
internal static partial class SettingTable
{
    public static readonly SettingDefinition<Uri?> PublicUrl = new()
    {
        Name = Own + "PUBLIC_URL",
        Description = "How agents reach the gateway from where they are; else the first of URLS, on this machine.",
        Parse = SettingParsers.AbsoluteUrl,
    };

    public static readonly SettingDefinition<Uri?> VerificationUrl = new()
    {
        Name = Own + "VERIFICATION_URL",
        Description = "Tasker's page where a person enters the code of a pairing; else BASE_URL with /settings/agents/pair.",
        Parse = SettingParsers.AbsoluteUrl,
    };
}
