using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;
using static Orchestrator.Decisions.Specs.Agents.DeskStory;

namespace Orchestrator.Decisions.Specs.Agents;

public sealed class Whatever_happens_at_a_desk
{
    private static readonly AgentInstance A = new("http://a", 3), B = new("http://b");

    [Fact]
    public void its_limits_hold_and_nothing_is_lost() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>().Filter(moves => moves.Length > 0), moves =>
        {
            foreach (var balancing in Enum.GetValues<Balancing>().Except([Balancing.None, Balancing.Weighted]))
            {
                new Course(balancing).Run(moves);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(200));

    /// <summary>A course that was found by chance: one asks its breaker and is refused, and meanwhile another instance takes the next of its group.</summary>
    [Theory]
    [InlineData(Balancing.RoundRobin), InlineData(Balancing.LeastConnections), InlineData(Balancing.Scored), InlineData(Balancing.ConsistentHash)]
    public void who_asks_a_breaker_may_be_overtaken_until_it_has_answered_and_no_longer(Balancing balancing) =>
        new Course(balancing).Run([0, -5, 23, 0, -1, 7, 0, 7, -1, 0, 0, 0, 0, -1]);

    [Fact]
    public void weighted_shares_are_the_weights() =>
        Prop.ForAll(Gen.Choose(1, 50).ArrayOf(4).ToArbitrary(), weights =>
        {
            var instances = weights.Select((weight, index) => new AgentInstance("http://" + index, weight)).ToArray();
            var story = new DeskStory(Agent(concurrency: 100_000, balancing: Balancing.WeightedRoundRobin, instances: instances));
            var turns = weights.Sum();
            for (var call = 0; call < turns * 2; call++)
            {
                story.Ask("t" + call);
            }

            // Over each whole turn the shares are exact, wherever in it one looks they are off by less than one call.
            story.EndpointsGranted.CountBy(endpoint => endpoint).ToDictionary()
                .ShouldBe(instances.ToDictionary(instance => instance.Endpoint, instance => instance.Weight * 2), ignoreOrder: true);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    /// <summary>One course of events drawn from numbers, with what must hold checked after each of them.</summary>
    private sealed class Course
    {
        private const int Concurrency = 4;
        private static readonly RateLimit Rate = new(PerMinute: 120, Burst: 3);

        private readonly DeskStory story;
        private readonly List<(string Ticket, int Priority, string Group)> asked = [];
        private readonly HashSet<string> out_ = [];
        private readonly HashSet<string> left = [];
        private readonly Dictionary<string, BreakerStatus> breakers = new() { ["http://a"] = BreakerStatus.Closed, ["http://b"] = BreakerStatus.Closed };
        private readonly List<DateTimeOffset> taken = [];
        private int seenGrants;
        private int seenEffects;
        private double seconds;

        public Course(Balancing balancing) =>
            story = new DeskStory(Agent(Concurrency, Rate, queueMax: 8, balancing, new BreakerPolicy(), A, B));

        public void Run(int[] moves)
        {
            foreach (var move in moves)
            {
                Make(move & int.MaxValue);
                Look();
            }

            foreach (var (ticket, _, _) in asked)
            {
                story.Withdraw(ticket);
            }

            for (var i = seenEffects; i < story.Effects.Count; i++)
            {
                if (story.Effects[i] is DeskEffect.AskProbe ask)
                {
                    story.ProbeAnswered(ask.Ticket, ask.Endpoint, granted: false, BreakerStatus.HalfOpen);
                }
            }

            (story.Desk.CallsOut, story.Desk.Waiting, story.Desk.IsIdle).ShouldBe((0, 0, true), "who has left leaves nothing behind");
        }

        private void Make(int move)
        {
            var choice = move / 16;
            var endpoint = choice % 2 == 0 ? "http://a" : "http://b";
            switch (move % 16)
            {
                case < 7:
                    var (ticket, priority, group) = ("t" + asked.Count, 1 + (choice % 5), "g" + (choice / 5 % 3));
                    asked.Add((ticket, priority, group));
                    if (story.Ask(ticket, priority, group).Failure is not null)
                    {
                        left.Add(ticket);
                    }

                    break;
                case < 10 when out_.Count > 0:
                    var ended = out_.ElementAt(choice % out_.Count);
                    Gone(ended);
                    story.Release(ended, (CallOutcome)(1 + (choice % 3)));
                    break;
                case 10 when asked.Count > 0:
                    // Only from the line: a lease withdrawn gives its token back, which the simple count below does not know.
                    var (leaver, _, _) = asked[choice % asked.Count];
                    if (!out_.Contains(leaver))
                    {
                        Gone(leaver);
                        story.Withdraw(leaver);
                    }

                    break;
                case 11:
                    breakers[endpoint] = BreakerStatus.Open;
                    story.BreakerStands(endpoint, BreakerStatus.Open, seconds + (choice % 7));
                    break;
                case 12:
                    breakers[endpoint] = BreakerStatus.Closed;
                    story.BreakerStands(endpoint, BreakerStatus.Closed);
                    break;
                default:
                    // Renewed first, so that no lease ends by silence in this course.
                    story.Granted.Where(grant => out_.Contains(grant.Ticket)).ToList().ForEach(story.Renew);
                    story.At(seconds += choice % 3_000 / 1_000d);
                    break;
            }
        }

        private void Gone(string ticket)
        {
            out_.Remove(ticket);
            left.Add(ticket);
        }

        private void Look()
        {
            // Their breakers were being asked while the grants below were given.
            var refused = new HashSet<string>();
            for (; seenEffects < story.Effects.Count; seenEffects++)
            {
                if (story.Effects[seenEffects] is DeskEffect.AskProbe ask)
                {
                    var granted = breakers[ask.Endpoint] != BreakerStatus.HalfOpen;
                    if (!granted)
                    {
                        refused.Add(ask.Ticket);
                    }

                    breakers[ask.Endpoint] = BreakerStatus.HalfOpen;
                    story.ProbeAnswered(ask.Ticket, ask.Endpoint, granted, BreakerStatus.HalfOpen);
                }
            }

            for (; seenGrants < story.Granted.Count; seenGrants++)
            {
                var grant = story.Granted[seenGrants];
                left.ShouldNotContain(grant.Ticket, "who has left gets nothing");
                out_.Add(grant.Ticket).ShouldBeTrue("one ticket has one lease");
                taken.Add(story.Now);
                (grant.Probe || breakers[grant.Instance.Endpoint] == BreakerStatus.Closed).ShouldBeTrue("nothing but a probe goes to a breaker that is not closed");

                // Within a group the first comes first: nobody who asked before, at the same level, still waits.
                var (_, priority, group) = asked.Single(ask => ask.Ticket == grant.Ticket);
                asked.TakeWhile(ask => ask.Ticket != grant.Ticket)
                    .Where(ask => ask.Priority == priority && ask.Group == group)
                    .ShouldAllBe(earlier => left.Contains(earlier.Ticket) || out_.Contains(earlier.Ticket) || refused.Contains(earlier.Ticket));
            }

            story.Desk.CallsOut.ShouldBeLessThanOrEqualTo(Concurrency);
            for (var first = 0; first < taken.Count; first++)
            {
                var allowed = Rate.Burst + ((taken[^1] - taken[first]).TotalMinutes * Rate.PerMinute);
                (taken.Count - first).ShouldBeLessThanOrEqualTo((int)Math.Floor(allowed + 1e-9), "no window holds more than the burst and what came in");
            }

            if (story.Desk.Waiting > 0 && story.Desk.CallsOut < Concurrency)
            {
                var next = story.Desk.NextAt(story.Now);
                (next is null || next > story.Now).ShouldBeTrue("nobody waits while there is room");
            }
        }
    }
}
