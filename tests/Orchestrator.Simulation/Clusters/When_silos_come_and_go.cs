using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Simulation.Clusters;

/// <summary>Three silos on one store. Each story is told with several seeds.</summary>
public sealed class When_silos_come_and_go
{
    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_rolling_restart_of_all_is_no_crash_and_loses_nothing(ulong seed) => Tell(seed, Stories.RollingRestart);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_silo_lost_every_half_minute_for_ten_minutes_loses_nothing(ulong seed) => Tell(seed, Stories.LossAfterLoss);

    [Theory, MemberData(nameof(SeedNumbers))]
    [InlineData(23)]
    [InlineData(83)]
    [InlineData(86)]
    public void an_agent_whose_silo_is_lost_never_sees_more_calls_than_it_takes(ulong seed) => Tell(seed, Stories.BusyAgentsLost);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void an_agent_lost_in_the_middle_of_long_calls_counts_them_on(ulong seed) => Tell(seed, Stories.BusyAgentsLostInLongCalls);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_cut_that_heals_decides_nothing_twice(ulong seed) => Tell(seed, Stories.CutAndHealed);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void who_asks_behind_a_cut_sees_what_was_decided_beyond_it(ulong seed) => Tell(seed, Stories.ReadBehindACut);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_store_that_was_away_has_lost_nothing(ulong seed) => Tell(seed, Stories.StoreAway);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_call_lost_with_its_silo_is_made_again_while_its_workflow_lives(ulong seed) => Tell(seed, Stories.StepLost);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_call_goes_on_while_its_workflow_is_lost(ulong seed) => Tell(seed, Stories.WorkflowLost);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_call_nobody_in_memory_knows_of_is_made_again(ulong seed) => Tell(seed, Stories.NobodyKnows);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_call_that_brings_silos_down_is_put_aside(ulong seed) => Tell(seed, Stories.Poison);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void what_agents_have_taken_on_is_waited_for_whoever_dies(ulong seed) => Tell(seed, Stories.AnsweredLater);

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_limit_whose_silo_is_lost_is_never_exceeded_and_keeps_nobody_for_ever(ulong seed)
    {
        foreach (var rate in (LimitRate?[])[null, Stories.SharedRate])
        {
            using var story = ClusterStory.Of(seed, Stories.WithSharedLimit(rate));
            Stories.BusyLimitLost(story, rate);
        }
    }

    [Theory, MemberData(nameof(SeedNumbers))]
    public void a_cancel_that_never_reached_its_step_reaches_the_agent(ulong seed)
    {
        using var story = ClusterStory.Of(seed, MissingFences.CancelsAreLost);
        Stories.CancelLost(story);
    }

    public static TheoryData<ulong> SeedNumbers() => [.. Enumerable.Range(1, 5).Select(seed => (ulong)seed)];

    private static void Tell(ulong seed, Action<ClusterStory> tell)
    {
        using var story = ClusterStory.Of(seed);
        tell(story);
    }
}
