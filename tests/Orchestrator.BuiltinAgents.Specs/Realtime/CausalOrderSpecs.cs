namespace Orchestrator.BuiltinAgents.Specs.Realtime;

public sealed class When_people_work_at_the_same_time
{
    [Fact]
    public async Task what_was_known_comes_before_what_knew_it_and_what_nobody_knew_of_is_a_conflict()
    {
        // Ben's change knew of Ana's first; Ana's second knew of nothing of Ben's.
        var output = await Asked.For("realtime_coordination_agent", new
        {
            events = new object[]
            {
                new { id = "ana2", by = "ana", clock = new { ana = 2 }, target = "title" },
                new { id = "ben1", by = "ben", clock = new { ana = 1, ben = 1 }, target = "title" },
                new { id = "ana1", by = "ana", clock = new { ana = 1 }, target = "title" },
            },
        }, "coordinate_realtime");
        output.GetProperty("order").EnumerateArray().Select(id => id.GetString()).ShouldBe(["ana1", "ana2", "ben1"]);
        var conflict = output.GetProperty("conflicts").EnumerateArray().ShouldHaveSingleItem();
        conflict.GetProperty("ids").EnumerateArray().Select(id => id.GetString()).ShouldBe(["ana2", "ben1"]);
        output.GetProperty("clock").GetRawText().ShouldBe("""{"ana":2,"ben":1}""");
    }

    [Theory, InlineData("""{"events": [{"id": "a", "by": "b", "clock": {"b": -1}}]}"""), InlineData("{}"), InlineData("""{"events": [{"id": "a", "by": "b", "clock": {}}, {"id": "a", "by": "c", "clock": {}}]}""")]
    public async Task what_it_cannot_order_it_refuses(string json) => (await Asked.Refused("realtime_coordination_agent", json)).ShouldContain("'events");
}
