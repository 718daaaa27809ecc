using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Vocabulary.Limits;
using static Orchestrator.Decisions.Specs.Limits.LimitStory;

namespace Orchestrator.Decisions.Specs.Limits;

/// <summary>What is promised of limits, whatever is asked of them.</summary>
public sealed class Whatever_keys_ask_of_a_limit
{
    private static Config Often(int times) => Config.QuickThrowOnFailure.WithMaxTest(times).WithEndSize(200);

    /// <summary>The bound of start-time fair queueing: two keys that both wait differ, weighed, by at most one call of each.</summary>
    [Fact]
    public void busy_keys_share_a_rate_by_their_weights() =>
        Prop.ForAll(Gen.Choose(1, 20).ArrayOf(5).ToArbitrary(), weights =>
        {
            var keys = weights.Select((weight, index) => (Key: "k" + index, Weight: weight)).ToArray();
            var story = new LimitStory(PerSecond(100, weights: keys) with { QueueMax = 100_000 });
            for (var i = 0; i < 400; i++)
            {
                foreach (var (key, _) in keys)
                {
                    story.Ask(key + "." + i, key);
                }
            }

            var had = keys.ToDictionary(one => one.Key, _ => 0d);
            story.At(4);
            foreach (var grant in story.Granted.Skip(1))
            {
                had[grant.Key] += 1d / keys.Single(one => one.Key == grant.Key).Weight;
                foreach (var (one, other) in keys.SelectMany(one => keys, (one, other) => (one, other)))
                {
                    Math.Abs(had[one.Key] - had[other.Key]).ShouldBeLessThanOrEqualTo((1d / one.Weight) + (1d / other.Weight) + 1e-6);
                }
            }
        }).Check(Often(40));

    [Fact]
    public void busy_keys_share_tokens_by_their_weights_however_large_their_calls_are_and_whatever_they_said_before() =>
        Prop.ForAll(Gen.Choose(200, 900).ArrayOf(2).ToArbitrary(), sizes =>
        {
            // The first one says it will use one token a call.
            var limit = new Limit(
                "llm", Tokens: new LimitRate(10_000, TimeSpan.FromSeconds(1), 1_000), Concurrency: 8, OnLimit: OnLimit.Queue, Weights: [new("liar", 1), new("honest", 3)]);
            var story = new LimitStory(limit);
            var used = new Dictionary<string, long> { ["liar"] = 0, ["honest"] = 0 };
            for (var i = 0; i < 1_200; i++)
            {
                story.Ask("liar" + i, "liar", tokens: 1);
                story.Ask("honest" + i, "honest", tokens: sizes[1]);
            }

            var seen = 0;
            for (var second = 0.01; second < 20; second += 0.01)
            {
                story.At(second);
                for (; seen < story.Granted.Count; seen++)
                {
                    var grant = story.Granted[seen];
                    var size = grant.Key == "liar" ? sizes[0] : sizes[1];
                    used[grant.Key] += size;
                    story.Release(grant.Ticket, size);
                }
            }

            ((double)used["honest"] / (used["liar"] + used["honest"])).ShouldBeInRange(0.70, 0.80, $"{used["honest"]} and {used["liar"]}");
        }).Check(Often(10));

    [Fact]
    public void places_that_come_free_go_to_the_key_that_holds_the_fewest_for_its_weight() =>
        Prop.ForAll(Gen.Choose(1, 5).ArrayOf(3).ToArbitrary(), ArbMap.Default.ArbFor<int>(), (weights, seed) =>
        {
            var keys = weights.Select((weight, index) => (Key: "k" + index, Weight: weight)).ToArray();
            var story = new LimitStory(Places(30, weights: keys) with { QueueMax = 100_000 });
            foreach (var (key, _) in keys)
            {
                for (var i = 0; i < 300; i++)
                {
                    story.Ask(key + "." + i, key);
                }
            }

            // The first key came alone and has every place; calls end in any order, some keys' far more often than others'.
            var chance = (uint)seed;
            for (var i = 0; i < 250; i++)
            {
                chance = (chance * 1_664_525) + 1_013_904_223;
                var held = story.Granted.Where(grant => story.Desk.Keys.Any(key => key.Key == grant.Key && key.Held > 0)).ToList();
                story.Granted.RemoveAll(grant => !held.Contains(grant));
                var ended = story.Granted[(int)((chance >> 8) % (uint)Math.Min(story.Granted.Count, 30))];
                story.Granted.Remove(ended);
                story.Release(ended.Ticket);
                story.Desk.Held.ShouldBe(30);
            }

            foreach (var standing in story.Desk.Keys.Where(key => key.Waiting > 0))
            {
                ((double)standing.Held).ShouldBe(30d * standing.Weight / weights.Sum(), 2d);
            }
        }).Check(Often(10));

    /// <summary>One call of the other key may be before it, and one more period may pass until there is room for its own: whatever comes, no more.</summary>
    [Theory]
    [InlineData(1), InlineData(1_000)]
    public void a_hot_key_does_not_keep_a_quiet_one_waiting(int load)
    {
        var story = new LimitStory(PerSecond(100, burst: 1) with { QueueMax = 1_000_000 });
        var hot = 0;
        for (var call = 0; call < 60; call++)
        {
            for (var i = 0; i < load; i++)
            {
                story.Ask("hot" + hot++, "hot");
            }

            story.Ask("quiet" + call, "quiet");
            var before = story.Now;
            story.At((before - Noon).TotalSeconds + 0.02);
            story.Granted.ShouldContain(grant => grant.Ticket == "quiet" + call, $"call {call} came after {hot} of the hot key");
            story.Granted.Clear();
            story.At((before - Noon).TotalSeconds + 0.03);
        }
    }

    /// <summary>Where nobody may wait, there is no line to be fair in. Shares are kept all the same.</summary>
    [Theory]
    [InlineData(OnLimit.Reject), InlineData(OnLimit.Degrade)]
    public void a_hot_key_does_not_have_a_quiet_one_refused(OnLimit onLimit)
    {
        var story = new LimitStory(PerSecond(100, burst: 20, onLimit));
        var (hot, hadHot, hadQuiet) = (0, 0, 0);
        story.Ask("q", "quiet");
        for (var tick = 1; tick <= 10_000; tick++)
        {
            story.At(tick / 1_000d);
            for (var i = 0; i < 5; i++)
            {
                hadHot += story.Ask("hot" + hot++, "hot").Grant is null ? 0 : 1;
            }

            if (tick % 25 == 0)
            {
                story.Ask("quiet" + tick, "quiet").Grant.ShouldNotBeNull($"40 calls a second are within a share of 50, at {tick} ms");
                hadQuiet++;
            }
        }

        (hadQuiet, hadHot).ShouldSatisfyAllConditions(
            had => had.hadQuiet.ShouldBe(400),
            had => had.hadHot.ShouldBeInRange(570, 630, "what the quiet one leaves is the hot one's"));
    }

    [Fact]
    public void no_priority_starves()
    {
        var story = new LimitStory(Places(1) with { QueueMax = 1_000 });
        story.Ask("first");
        story.Ask("patient", priority: 1);
        for (var i = 0; i < 100; i++)
        {
            story.Ask("urgent" + i, priority: 5);
        }

        var turns = 0;
        while (story.Granted[^1].Ticket != "patient")
        {
            story.Release(story.Granted[^1].Ticket);
            (++turns).ShouldBeLessThanOrEqualTo(21);
        }
    }

    [Fact]
    public void urgency_orders_a_keys_own_calls_and_takes_nothing_from_another_key()
    {
        var story = new LimitStory(Places(1));
        story.Ask("out", "pushy");
        for (var i = 0; i < 4; i++)
        {
            story.Ask("pushy" + i, "pushy", priority: i == 3 ? 5 : 4);
            story.Ask("modest" + i, "modest", priority: 1);
        }

        for (var i = 0; i < 8; i++)
        {
            story.Release(story.Granted[^1].Ticket);
        }

        story.Granted.Skip(1).Select(grant => grant.Ticket).ShouldBe(["modest0", "pushy3", "modest1", "pushy0", "modest2", "pushy1", "modest3", "pushy2"], ignoreOrder: false);
    }

    [Fact]
    public void it_is_never_exceeded_and_nothing_is_lost() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>().Filter(moves => moves.Length > 0), moves =>
        {
            foreach (var onLimit in Enum.GetValues<OnLimit>().Except([OnLimit.None]))
            {
                new Course(onLimit).Run(moves);
            }
        }).Check(Often(100));

    /// <summary>One course of events drawn from numbers, with what must hold checked after each of them.</summary>
    private sealed class Course(OnLimit onLimit)
    {
        private const int PlacesMax = 4, Burst = 5, PerSec = 2;

        private readonly LimitStory story = new(new Limit(
            "llm", Requests: new LimitRate(PerSec, TimeSpan.FromSeconds(1), Burst), Concurrency: PlacesMax, OnLimit: onLimit, QueueMax: 6,
            WaitMax: onLimit == OnLimit.Wait ? TimeSpan.FromSeconds(3) : null, Weights: [new("k1", 3)]));

        private readonly List<string> asked = [];
        private readonly HashSet<string> held = [];
        private readonly HashSet<string> gone = [];
        private readonly List<DateTimeOffset> taken = [];
        private double seconds;
        private int seen;
        private int told;

        public void Run(int[] moves)
        {
            foreach (var move in moves)
            {
                Make(move & int.MaxValue);
                Look();
            }

            foreach (var ticket in asked)
            {
                story.Withdraw(ticket);
            }

            (story.Desk.Held, story.Desk.Waiting, story.Desk.IsIdle).ShouldBe((0, 0, true), "who has left leaves nothing behind");
        }

        private void Make(int move)
        {
            var choice = move / 8;
            switch (move % 8)
            {
                case < 4:
                    var ticket = "t" + asked.Count;
                    asked.Add(ticket);
                    if (story.Ask(ticket, "k" + (choice % 3), 1 + (choice % 5)) is { Grant: null, Wait: null })
                    {
                        gone.Add(ticket);
                    }

                    break;
                case 4 when held.Count > 0:
                    var ended = held.ElementAt(choice % held.Count);
                    held.Remove(ended);
                    gone.Add(ended);
                    story.Release(ended);
                    break;
                case 5 when asked.Count > 0 && asked[choice % asked.Count] is var leaver && !held.Contains(leaver):
                    gone.Add(leaver);
                    story.Withdraw(leaver);
                    break;
                default:
                    // Renewed first, so that no lease ends by silence in this course.
                    story.Granted.Where(grant => held.Contains(grant.Ticket)).ToList().ForEach(story.Renew);
                    story.At(seconds += choice % 2_000 / 1_000d);
                    break;
            }
        }

        private void Look()
        {
            for (; seen < story.Granted.Count; seen++)
            {
                held.Add(story.Granted[seen].Ticket).ShouldBeTrue();
                taken.Add(story.Now);
            }

            foreach (var refused in story.Refused.Skip(told))
            {
                gone.Add(refused.Ticket);
                told++;
            }

            story.Desk.Held.ShouldBe(held.Count);
            story.Desk.Held.ShouldBeLessThanOrEqualTo(PlacesMax);
            story.Desk.Waiting.ShouldBeLessThanOrEqualTo(6);
            (story.Desk.Waiting + held.Count + gone.Count).ShouldBe(asked.Count, "everyone waits, holds room, or has gone");

            // Grants are noted at the end of a move, so only whole moves can be told apart: the window is that much wider.
            for (var first = 0; first < taken.Count; first++)
            {
                (taken.Count - first).ShouldBeLessThanOrEqualTo((int)(Burst + (PerSec * ((taken[^1] - taken[first]).TotalSeconds + 2))));
            }
        }
    }
}
