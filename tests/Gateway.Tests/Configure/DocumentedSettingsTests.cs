using AgentGateway.Gateway.Configure;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Configure;

/// <summary>The table of settings in the documents is the code's.</summary>
public sealed class DocumentedSettingsTests
{
    [Fact]
    public void The_table_in_the_operations_document_is_the_codes()
    {
        var text = File.ReadAllText(Repository.At("docs", "OPERATIONS.md"));
        var table = text.Split("<!-- settings -->")[1].Split("<!-- /settings -->")[0];

        Assert.Equal(SettingsText.Markdown().Trim(), table.Trim());
    }
}
