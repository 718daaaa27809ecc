using System.Collections.Immutable;
using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Decisions.Specs.Limits;

/// <summary>Rates of a minute and more are written down a chunk ahead, so that a crash gives nothing back and loses a chunk at most.</summary>
public sealed class When_a_limit_outlives_a_crash
{
    private static readonly Limit Quota = new("quota", Requests: new LimitRate(1_000, TimeSpan.FromDays(1), 1_000), OnLimit: OnLimit.Queue);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 50)];

    [Fact]
    public void it_is_written_down_once_for_each_chunk_and_not_for_each_call()
    {
        var kept = new KeptDesk(Quota);
        kept.Ask(100).ShouldBe(100);
        kept.Writes.ShouldBe(10);
        KeptRates.ChunkOf(Quota.Requests!).ShouldBe(10, "a hundredth of the burst");
        KeptRates.ChunkOf(new LimitRate(600, TimeSpan.FromMinutes(1), 20)).ShouldBe(10, "what comes back in a second");
    }

    [Fact]
    public void what_was_used_stays_used_and_a_chunk_at_most_is_lost()
    {
        var kept = new KeptDesk(Quota);
        kept.Ask(95);
        kept.Crash();
        kept.Left().ShouldBeInRange(895, 905);
        kept.Crash();
        kept.Crash();
        kept.Left().ShouldBeInRange(895, 905, "a crash with nothing used in between loses nothing");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void whatever_crashes_a_quota_is_never_exceeded_and_hardly_wasted(int seed)
    {
        var chance = new Random(seed);
        var kept = new KeptDesk(Quota);
        var (granted, crashes) = (0, 0);
        for (var turn = 0; turn < 200; turn++)
        {
            granted += kept.Ask(chance.Next(0, 15));
            kept.Pass(TimeSpan.FromSeconds(chance.Next(0, 60)));
            if (chance.Next(5) == 0)
            {
                kept.Crash();
                crashes++;
            }
        }

        granted += kept.Ask(2_000);
        var refilled = (int)(kept.Elapsed.TotalDays * 1_000);
        granted.ShouldBeInRange(1_000 + refilled - (11 * crashes) - 1, 1_000 + refilled);
    }

    [Fact]
    public void what_nobody_had_used_is_there_in_full()
    {
        var kept = new KeptDesk(Quota with { Scope = LimitScope.Key });
        kept.Ask(5, "ana");
        kept.Crash();
        kept.Ask(2_000, "ben").ShouldBe(1_000);
        kept.Ask(2_000, "ana").ShouldBeInRange(985, 995);
    }

    [Fact]
    public void tokens_used_beyond_their_reserve_are_owed_after_a_crash_too()
    {
        var kept = new KeptDesk(new Limit("quota", Tokens: new LimitRate(1_000, TimeSpan.FromDays(1), 1_000), OnLimit: OnLimit.Queue, TokensEstimate: 100));
        kept.Ask(1, uses: 5_000).ShouldBe(1);
        kept.Crash();
        kept.Ask(1).ShouldBe(0);
    }

    [Fact]
    public void too_many_capacities_are_not_kept_and_count_from_none()
    {
        var kept = new KeptDesk(Quota with { Scope = LimitScope.Key });
        for (var key = 0; key <= KeptRates.PoolsMax; key++)
        {
            kept.Ask(1, "k" + key).ShouldBe(1);
        }

        kept.Crash();
        kept.Ask(1, "k0").ShouldBe(0);
    }

    [Fact]
    public void what_was_kept_of_one_rate_says_nothing_of_another()
    {
        KeptRates.NameOf(Quota).ShouldBe(KeptRates.NameOf(Quota with { Description = "the same" }));
        KeptRates.NameOf(Quota).ShouldNotBe(KeptRates.NameOf(Quota with { Requests = Quota.Requests! with { Amount = 999 } }));
        KeptRates.NameOf(Quota).ShouldNotBe(KeptRates.NameOf(Quota with { Scope = LimitScope.Key }));
    }

    /// <summary>A desk with a record beside it, as its grain keeps one: written before anybody is told of room.</summary>
    private sealed class KeptDesk(Limit limit)
    {
        private LimitDesk desk = Open(limit, LimitStory.Noon, null, default);
        private DateTimeOffset now = LimitStory.Noon;
        private ImmutableArray<KeptLevel>? record;
        private DateTimeOffset recordedAt;
        private int tickets;

        public int Writes { get; private set; }

        public TimeSpan Elapsed => now - LimitStory.Noon;

        public long Left() => desk.PoolsAt(now).Single().RequestsLeft!.Value;

        public void Pass(TimeSpan time) => now += time;

        /// <summary>So many calls, one after the other; gives how many there was room for.</summary>
        public int Ask(int calls, string key = "k", long? uses = null)
        {
            var granted = 0;
            var pool = limit.Scope == LimitScope.Key ? key : "";
            for (var call = 0; call < calls; call++)
            {
                var ticket = "t" + tickets++;
                if (desk.Acquire(new LimitAsk(ticket, "step", key, pool, 3, null, 1), now).Grant is null)
                {
                    desk.Withdraw(ticket, now);
                    continue;
                }

                Keep(pool);
                granted++;
                desk.Release(ticket, uses, now);
                Keep(pool);
            }

            return granted;
        }

        public void Crash() => desk = Open(limit, now, record, recordedAt);

        private void Keep(string pool)
        {
            if (!desk.IsKept(pool, now))
            {
                (record, recordedAt) = (desk.Keep(now), now);
                desk.Kept(record, now);
                Writes++;
                desk.IsKept(pool, now).ShouldBeTrue();
            }
        }

        private static LimitDesk Open(Limit limit, DateTimeOffset now, ImmutableArray<KeptLevel>? record, DateTimeOffset recordedAt)
        {
            var desk = new LimitDesk(LimitDeskPolicy.Default);
            if (recordedAt != default)
            {
                desk.MayHavePredecessor(now, holdersLive: false, ratesKept: record is not null);
            }

            desk.Declare(LimitRules.Complete(limit), now);
            desk.RestoreKept(record ?? [], recordedAt, now);
            return desk;
        }
    }
}
