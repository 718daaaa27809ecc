using Orchestrator.Grains.Completions;
using Orchestrator.Grains.Limits;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Crashes;

/// <summary>At whatever turn the process dies: a late answer decides its attempt once, and a place under a limit is neither doubled nor lost.</summary>
public sealed class When_silos_crash_around_calls
{
    public static TheoryData<int> Turns => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Turns))]
    public void what_an_agent_says_later_is_believed_once(int turns)
    {
        using var world = new CrashWorld((ulong)turns) { AnswersLater = true };
        world.Start("w", new Step("s", CrashWorld.Agent, "do", Timeout: TimeSpan.FromMinutes(10)));
        world.Pass(0.95);

        // Around the answer "later" first, then around the completion itself.
        world.CrashAfter(turns);
        world.Pass(30);
        world.Happened<AttemptDeferred>().Count().ShouldBe(1);
        world.Calls.Select(call => (call.IdempotencyKey, call.Completion!.Token)).Distinct().Count().ShouldBe(1, "a call that is repeated is the same call");
        var before = world.Calls.Count;
        var told = world.Say(() => world.Grains.GetGrain<ICompletionGrain>(ICompletionGrain.Key).CompleteAsync(world.Calls[0].Completion!.Token, new Completion(Payload.From(42), null, "t")));
        world.CrashAfter(turns);
        world.Pass(60);

        (told.IsCompletedSuccessfully, world.StatusOf(), world.Calls.Count).ShouldBe((true, WorkflowStatus.Completed, before));
        world.Happened<StepCompleted>().Single().Output.ToString().ShouldBe("42");
    }

    [Theory]
    [MemberData(nameof(Turns))]
    public void a_place_under_a_limit_is_neither_doubled_nor_lost(int turns)
    {
        using var world = new CrashWorld((ulong)turns, new Limit("one", Concurrency: 1, OnLimit: OnLimit.Queue));
        foreach (var id in new[] { "a", "b", "c" })
        {
            world.Start(id, new Step("s", CrashWorld.Agent, "do", Limits: [new StepLimit("one")]));
        }

        // The first call ends about now, and its place goes on.
        world.Pass(0.95);
        world.CrashAfter(turns);
        world.Pass(60);

        new[] { "a", "b", "c" }.Select(world.StatusOf).ShouldAllBe(status => status == WorkflowStatus.Completed);
        world.CallsAtOnceMax.ShouldBe(1);
        var limit = world.Do(() => world.Grains.Limit("one").GetAsync())!;
        (limit.Held, limit.Waiting).ShouldBe((0, 0));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void a_daily_quota_is_never_exceeded_and_hardly_wasted(int seed)
    {
        const int Quota = 60;
        const int Crashes = 6;
        var chance = new Random(seed);
        using var world = new CrashWorld((ulong)seed, new Limit("daily", Requests: new LimitRate(Quota, TimeSpan.FromDays(1), Quota), OnLimit: OnLimit.Queue));
        for (var id = 0; id < Quota + 10; id++)
        {
            world.Start("w" + id, new Step("s", CrashWorld.Agent, "do", Limits: [new StepLimit("daily")]));
            if (id % 10 == 5)
            {
                world.CrashAfter(chance.Next(0, 60));
            }
        }

        world.Pass(60);

        // A call that a crash cut off is made again and draws again; beside that each crash loses what was reserved ahead, one call here.
        world.Calls.Count.ShouldBeLessThanOrEqualTo(Quota);
        world.Calls.Select(call => call.IdempotencyKey).Distinct().Count().ShouldBeGreaterThan(Quota / 2);
        world.Calls.Count.ShouldBeGreaterThanOrEqualTo(Quota - (10 * (Crashes + 1)) + 10);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];
}
