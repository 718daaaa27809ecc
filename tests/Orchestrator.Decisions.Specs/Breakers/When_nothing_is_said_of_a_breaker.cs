using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Specs.Breakers;

public sealed class When_nothing_is_said_of_a_breaker
{
    [Fact]
    public void five_failures_open_it_for_a_minute_and_one_probe_goes_through()
    {
        var policy = new BreakerPolicy();
        (policy.FailureThreshold, policy.OpenFor, policy.ProbesMax).ShouldBe((5, TimeSpan.FromSeconds(60), 1));
    }
}
