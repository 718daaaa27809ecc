using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Hosting.Tests.Workflows;

public sealed class When_the_sweeper_runs
{
    private static readonly WorkflowId Lunch = new("lunch");
    private static readonly WorkflowId Supper = new("supper");

    private readonly SweptWorld world = new();

    [Fact]
    public void what_is_due_is_woken_within_the_second()
    {
        using var stop = world.Start();
        world.Pass(TimeSpan.FromSeconds(10));
        world.Due.Add(Lunch);
        world.Pass(TimeSpan.FromSeconds(1.1));
        world.Woken.ShouldHaveSingleItem().Workflow.ShouldBe(Lunch);
    }

    [Fact]
    public void orphans_are_woken_at_start_and_then_every_five_seconds()
    {
        world.Orphans.Add(Lunch);
        using var stop = world.Start();
        world.Woken.ShouldBe([(Lunch, TimeSpan.Zero)]);
        world.Orphans.Add(Supper);
        world.Pass(TimeSpan.FromSeconds(3));
        world.Woken.Count.ShouldBe(1);
        world.Pass(TimeSpan.FromSeconds(4));
        world.Woken.Last().Workflow.ShouldBe(Supper);
    }

    [Fact]
    public void a_store_that_is_away_ends_nothing()
    {
        using var stop = world.Start();
        world.StoreFailure = new IOException("away");
        world.Due.Add(Lunch);
        world.Pass(TimeSpan.FromHours(1));
        world.Failures.ShouldAllBe(failure => failure is IOException);
        world.Failures.Count.ShouldBeInRange(3_500, 4_500);
        world.StoreFailure = null;
        world.Pass(TimeSpan.FromSeconds(1.1));
        world.Woken.ShouldHaveSingleItem();
        world.Running.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void one_that_stays_due_is_woken_less_and_less_often_but_for_ever()
    {
        world.Due.Add(Lunch);
        world.OnWake = (_, _) => throw new InvalidOperationException("will not wake");
        using var stop = world.Start();
        world.Pass(TimeSpan.FromHours(1));
        var pauses = world.Woken.Zip(world.Woken.Skip(1), (one, next) => next.At - one.At).ToList();
        pauses.Take(5).Zip([2, 4, 8, 16, 30]).ShouldAllBe(pair => pair.First.TotalSeconds >= pair.Second && pair.First.TotalSeconds < pair.Second + 1.2);
        pauses.Skip(5).ShouldAllBe(pause => pause.TotalSeconds >= 30 && pause.TotalSeconds < 31.2);
        pauses.Count.ShouldBeGreaterThan(110);
    }

    [Fact]
    public void many_that_will_not_wake_hide_nobody()
    {
        world.Due.AddRange(Enumerable.Range(0, 1_000).Select(i => new WorkflowId($"stuck-{i}")));
        world.OnWake = (workflow, _) => workflow == Lunch && world.Due.Remove(Lunch) ? default : throw new InvalidOperationException("will not wake");
        using var stop = world.Start();
        world.Pass(TimeSpan.FromMinutes(5));
        world.Due.Add(Lunch);
        var before = world.Elapsed;
        world.Pass(TimeSpan.FromSeconds(5));
        (world.Woken.Single(wake => wake.Workflow == Lunch).At - before).TotalSeconds.ShouldBeLessThan(2);
    }

    [Fact]
    public void a_flood_is_taken_at_the_rate_allowed_and_no_faster()
    {
        world.Due.AddRange(Enumerable.Range(0, 10_000).Select(i => new WorkflowId($"w-{i}")));
        using var stop = world.Start();
        world.Pass(TimeSpan.FromSeconds(10));
        world.Woken.Count.ShouldBe(10_000);
        world.Woken.Last().At.TotalSeconds.ShouldBeInRange(4.5, 5.5);
        world.Woken.GroupBy(wake => (int)wake.At.TotalSeconds).ShouldAllBe(second => second.Count() <= 2_500);
    }

    [Fact]
    public void a_flood_of_orphans_is_paged_through()
    {
        world.Orphans.AddRange(Enumerable.Range(0, 1_700).Select(i => new WorkflowId($"w-{i:0000}")));
        world.OnWake = (_, _) => default; // nobody is taken out of the store, as when waking takes a while
        using var stop = world.Start();
        world.Pass(TimeSpan.FromSeconds(5));
        world.Woken.Select(wake => wake.Workflow).Distinct().Count().ShouldBe(1_700);
        world.Woken.Count.ShouldBe(1_700);
    }

    [Fact]
    public void only_so_many_wakes_are_out_at_the_same_time_and_one_that_hangs_is_given_up()
    {
        world.Due.AddRange(Enumerable.Range(0, 100).Select(i => new WorkflowId($"w-{i:000}")));
        world.OnWake = (workflow, cancelled) => workflow.Value == "w-000" ? Hang(cancelled) : MoveOn(workflow);
        using var stop = world.Start(SweepPolicy.Default with { Concurrency = 3 });
        world.Woken.Count.ShouldBe(100);

        world.OnWake = (_, cancelled) => Hang(cancelled);
        world.Due.AddRange(Enumerable.Range(100, 100).Select(i => new WorkflowId($"w-{i}")));
        world.Woken.Clear();
        world.Pass(TimeSpan.FromSeconds(35));
        world.Woken.Count.ShouldBe(3);
        world.Pass(TimeSpan.FromSeconds(30));
        world.Woken.Count.ShouldBe(6);
        world.Failures.Count.ShouldBe(1 + 3);
        world.Failures.ShouldAllBe(failure => failure is OperationCanceledException);
    }

    [Fact]
    public async Task cancelling_ends_it()
    {
        using var stop = world.Start();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(world.Running);
    }

    private ValueTask MoveOn(WorkflowId workflow)
    {
        world.Due.Remove(workflow);
        return default;
    }

    private static async ValueTask Hang(CancellationToken cancelled)
    {
        var never = new TaskCompletionSource();
        using var registration = cancelled.Register(() => never.TrySetCanceled(cancelled));
        await never.Task;
    }
}
