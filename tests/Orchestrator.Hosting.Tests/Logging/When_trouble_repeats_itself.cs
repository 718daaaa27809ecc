using Orchestrator.Hosting.Logging;
using Orchestrator.Testing;
using Serilog.Events;
using Serilog.Parsing;

namespace Orchestrator.Hosting.Tests.Logging;

public sealed class When_trouble_repeats_itself
{
    private readonly ManualClock clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly RepeatedTrouble filter;

    public When_trouble_repeats_itself() => filter = new RepeatedTrouble(clock);

    [Fact]
    public void one_cause_is_told_once_a_second_with_how_often_it_came()
    {
        filter.IsEnabled(Away("POST", "w1")).ShouldBeTrue();
        filter.IsEnabled(Away("POST", "w2")).ShouldBeFalse();
        filter.IsEnabled(Away("POST", "w3")).ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        var later = Away("POST", "w4");
        filter.IsEnabled(later).ShouldBeTrue();
        later.Properties[RepeatedTrouble.Repeated].ToString().ShouldBe("3");
    }

    [Fact]
    public void another_cause_is_told_at_once()
    {
        filter.IsEnabled(Away("POST", "w1")).ShouldBeTrue();
        filter.IsEnabled(Away("GET", "w1")).ShouldBeTrue();
        filter.IsEnabled(Away("POST", "w1", failure: new TimeoutException())).ShouldBeTrue();
    }

    [Fact]
    public void what_is_no_trouble_is_never_held_back()
    {
        filter.IsEnabled(Away("POST", "w1", LogEventLevel.Information)).ShouldBeTrue();
        filter.IsEnabled(Away("POST", "w1", LogEventLevel.Information)).ShouldBeTrue();
    }

    private LogEvent Away(string method, string workflow, LogEventLevel level = LogEventLevel.Warning, Exception? failure = null) => new(
        clock.GetUtcNow(),
        level,
        failure,
        new MessageTemplateParser().Parse("{Method} of {WorkflowId} found the store away"),
        [new("Method", new ScalarValue(method)), new("WorkflowId", new ScalarValue(workflow))]);
}
