using System.Text;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Caching;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.BuiltinAgents.Specs.Caching;

public sealed class When_values_are_cached
{
    private readonly MovedClock clock = new();
    private readonly CachingAgent agent;

    public When_values_are_cached() => agent = new CachingAgent(clock, new BuiltinAgentOptions { CacheBytesMax = 1_024 });

    [Fact]
    public async Task what_is_put_is_got_also_by_its_content()
    {
        var put = await DoAsync("""{"value": {"a": 1}}""");
        var hash = put.GetProperty("hash").GetString();
        hash.ShouldBe("f9d86028c6e0d64e225186f96acb69338b2c59764df79162107f5c4bb34d1310");
        put.GetProperty("key").GetString().ShouldBe(hash);
        var got = await DoAsync($$"""{"operation": "get", "key": "{{hash}}"}""");
        (got.GetProperty("found").GetBoolean(), got.GetProperty("value").GetRawText().Replace(" ", "", StringComparison.Ordinal)).ShouldBe((true, """{"a":1}"""));
        (await DoAsync("""{"value": {"a": 1}}""")).GetProperty("key").GetString().ShouldBe(hash);
    }

    [Fact]
    public async Task it_is_gone_when_its_time_is_over()
    {
        await DoAsync("""{"key": "k", "value": 1, "ttlSeconds": 60}""");
        clock.Now += TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1);
        (await DoAsync("""{"operation": "get", "key": "k"}""")).GetProperty("found").GetBoolean().ShouldBeTrue();
        clock.Now += TimeSpan.FromTicks(1);
        (await DoAsync("""{"operation": "get", "key": "k"}""")).GetProperty("found").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task what_was_used_longest_ago_makes_room()
    {
        var value = new string('x', 498);
        await DoAsync($$"""{"key": "a", "value": "{{value}}"}""");
        await DoAsync($$"""{"key": "b", "value": "{{value}}"}""");
        await DoAsync("""{"operation": "get", "key": "a"}""");
        (await DoAsync($$"""{"key": "c", "value": "{{value}}"}""")).GetProperty("evicted").GetInt32().ShouldBe(1);
        (await DoAsync("""{"operation": "get", "key": "a"}""")).GetProperty("found").GetBoolean().ShouldBeTrue();
        (await DoAsync("""{"operation": "get", "key": "b"}""")).GetProperty("found").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task what_is_removed_twice_was_there_once()
    {
        await DoAsync("""{"key": "k", "value": null, "operation": "put"}""", refused: true);
        await DoAsync("""{"key": "k", "value": 0}""");
        (await DoAsync("""{"operation": "remove", "key": "k"}""")).GetProperty("found").GetBoolean().ShouldBeTrue();
        (await DoAsync("""{"operation": "remove", "key": "k"}""")).GetProperty("found").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public Task what_is_larger_than_the_cache_is_refused() => DoAsync(JsonSerializer.Serialize(new { value = new string('x', 2_000) }), refused: true);

    private async Task<JsonElement> DoAsync(string json, bool refused = false)
    {
        var answer = await agent.HandleAsync(new AgentRequest("caching_agent", "cache_data", Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(json)), "w", "s", 1, "k", null), default);
        if (refused)
        {
            answer.ShouldBeOfType<AgentAnswer.Failed>().Failure.Code.ShouldBe("agent.bad_input");
            return default;
        }

        return answer.ShouldBeOfType<AgentAnswer.Completed>(answer.ToString()).Output.As<JsonElement>();
    }

    private sealed class MovedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = StoppedClock.Noon;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
