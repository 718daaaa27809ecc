using Orchestrator.Grains.Workflows;
using Orchestrator.Testing;
using Orchestrator.Testing.Journals;

namespace Orchestrator.Grains.Tests.Workflows;

public sealed class When_the_store_is_asked_how_late_it_is
{
    private readonly InMemoryJournal journal = new();
    private readonly ManualClock clock = new(SampleAppends.Noon);

    [Fact]
    public async Task nothing_that_is_due_is_no_lateness()
    {
        await DueAsync(1, SampleAppends.Noon.AddSeconds(5));
        await DueAsync(2, null);
        (await AskAsync()).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task the_most_overdue_workflow_says_how_late()
    {
        await DueAsync(1, SampleAppends.Noon.AddSeconds(5));
        await DueAsync(2, SampleAppends.Noon.AddSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(9));
        (await AskAsync()).ShouldBe(TimeSpan.FromSeconds(7));
    }

    private Task<TimeSpan> AskAsync() => new WorkflowIndexGrain(journal, clock).OverdueAsync();

    private async Task DueAsync(int number, DateTimeOffset? due)
    {
        var accepted = SampleAppends.Accept(SampleAppends.Id(number));
        await journal.AppendAsync(accepted with { Summary = accepted.Summary with { DueAt = due } }, CancellationToken.None);
    }
}
