using System.Text;
using System.Text.Json;

namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>A cursor that a caller bent is refused, and costs nobody else an answer.</summary>
public sealed class BrokenCursorTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Theory]
    [InlineData("updated", "x", "1")]
    [InlineData("created", "99999999999999999999")]
    [InlineData("priority", "1", "99999999999999999999")]
    [InlineData("due", "x", "1")]
    [InlineData("board", "x", "1", "1")]
    public async Task The_next_page_is_answered_after_a_bent_cursor(string sort, params string[] keys)
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("a");
        await world.CardAsync("b");
        var path = $"/projects/{world.Project}/cards?limit=1&sort={sort}";
        var good = (await world.Agent.GetAsync(path)).Text("next_cursor")!;
        var bent = Bent(good, keys);

        // Once each way round: a statement that fails while the driver prepares it must not spoil its connection.
        await world.Agent.GetAsync($"{path}&cursor={good}");
        (await world.Agent.GetAsync($"{path}&cursor={bent}")).IsProblem(422, "validation_failed");
        (await world.Agent.GetAsync($"{path}&cursor={bent}")).IsProblem(422, "validation_failed");
        var page = await world.Agent.GetAsync($"{path}&cursor={good}");

        page.IsOk();
    }

    private static string Bent(string cursor, string[] keys)
    {
        var text = cursor.Replace('-', '+').Replace('_', '/');
        var bytes = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
        var parts = JsonSerializer.Deserialize<string[]>(bytes)!;
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new[] { parts[0] }.Concat(keys))))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
