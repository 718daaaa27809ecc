using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;
using static Orchestrator.Decisions.Specs.Agents.DeskStory;

namespace Orchestrator.Decisions.Specs.Agents;

public sealed class When_instances_are_scored
{
    private static readonly AgentInstance A = new("http://a"), B = new("http://b");

    [Theory]
    [InlineData(null, null, 0, true, 0.82)]
    [InlineData(0.0, 1.0, 0, true, 1.0)]
    [InlineData(1.0, 0.5, 0, false, 0.62)]
    [InlineData(2.5, 0.8, 3, true, 0.805)]
    [InlineData(10.0, 0.0, 10, false, 0.0)]
    [InlineData(60.0, 1.0, 250, true, 0.5)]
    public void the_score_is_that_of_the_formula(double? seconds, double? success, int calls, bool healthy, double score) =>
        InstanceScore.Of(seconds, success, calls, healthy).ShouldBe(score, 1e-12);

    [Fact]
    public void the_quick_one_is_preferred()
    {
        var story = new DeskStory(Agent(balancing: Balancing.Scored, instances: [A, B]));
        story.AskAll("1", "2");
        story.Release("1", seconds: 6);
        story.Release("2", seconds: 0.5);

        story.AskAll("3", "4");

        story.EndpointsGranted.Skip(2).ShouldBe(["http://b", "http://b"]);
    }

    [Fact]
    public void the_one_that_breaks_is_avoided()
    {
        var story = new DeskStory(Agent(balancing: Balancing.Scored, instances: [A, B]));
        story.AskAll("1", "2");
        story.Release("1", CallOutcome.Broken);
        story.Release("2");

        story.AskAll("3", "4");

        story.EndpointsGranted.Skip(2).ShouldBe(["http://b", "http://b"]);
    }

    [Fact]
    public void calls_under_way_weigh_until_they_outweigh_the_rest()
    {
        // At first equal, so they take turns; a lead of 0.3 in the success rate is worth fifteen calls, and the load counts at most ten.
        var story = new DeskStory(Agent(balancing: Balancing.Scored, instances: [A, B]));
        story.AskAll("1", "2", "3", "4");
        story.EndpointsGranted.ShouldBe(["http://a", "http://b", "http://a", "http://b"]);
    }

    [Fact]
    public void weighted_is_another_name_of_it() =>
        AgentRules.Complete(Agent(balancing: Balancing.Weighted)).Balancing.ShouldBe(Balancing.Scored);

    [Fact]
    public void old_times_fade()
    {
        var story = new DeskStory(Agent(instances: [A]));
        for (var call = 0; call < 500; call++)
        {
            story.Ask("t" + call);
            story.Release("t" + call, call < 100 ? CallOutcome.Broken : CallOutcome.Answered, seconds: call < 100 ? 9 : 1);
        }

        var standing = story.Desk.Instances.Single();
        standing.AverageSeconds!.Value.ShouldBe(1, 0.2);
        standing.SuccessRate!.Value.ShouldBe(1, 0.03);
    }
}

public sealed class When_instances_are_drawn
{
    [Fact]
    public void shares_converge_to_the_weights() =>
        Prop.ForAll(Gen.Choose(1, 20).ArrayOf(3).ToArbitrary(), weights =>
        {
            const int Calls = 4_000;
            var instances = weights.Select((weight, index) => new AgentInstance("http://instance-" + index, weight)).ToArray();
            foreach (var (balancing, group) in new (Balancing, Func<int, string>)[] { (Balancing.Random, _ => "g"), (Balancing.ConsistentHash, call => "workflow-" + call) })
            {
                var story = new DeskStory(Agent(concurrency: 100_000, balancing: balancing, instances: instances));
                for (var call = 0; call < Calls; call++)
                {
                    story.Ask("t" + call, group: group(call));
                }

                var found = story.EndpointsGranted.CountBy(endpoint => endpoint).ToDictionary();
                foreach (var instance in instances)
                {
                    // Five standard deviations of a share of so many draws.
                    var share = instance.Weight / (double)weights.Sum();
                    (found.GetValueOrDefault(instance.Endpoint) / (double)Calls).ShouldBe(share, 5 * Math.Sqrt(share * (1 - share) / Calls), $"{balancing} {string.Join(' ', weights)}");
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));

    [Fact]
    public void a_workflow_stays_with_its_instance_and_only_those_of_one_that_goes_move()
    {
        AgentInstance[] instances = [.. Enumerable.Range(0, 5).Select(index => new AgentInstance("http://instance-" + index))];
        var story = new DeskStory(Agent(concurrency: 100_000, balancing: Balancing.ConsistentHash, instances: instances));
        var before = Draw("first");
        Draw("second").ShouldBe(before);

        story.BreakerStands("http://instance-2", BreakerStatus.Open, untilSeconds: 60);
        var after = Draw("third");

        foreach (var (workflow, endpoint) in before)
        {
            (after[workflow] == endpoint).ShouldBe(endpoint != "http://instance-2");
        }

        Dictionary<int, string> Draw(string round) =>
            Enumerable.Range(0, 500).ToDictionary(workflow => workflow, workflow => story.Ask($"{round}-{workflow}", group: "workflow-" + workflow).Grant!.Instance.Endpoint);
    }

    [Fact]
    public void another_attempt_is_another_draw()
    {
        AgentInstance[] instances = [.. Enumerable.Range(0, 4).Select(index => new AgentInstance("http://instance-" + index))];
        var story = new DeskStory(Agent(balancing: Balancing.Random, instances: instances));

        story.AskAll("w/s#0.1", "w/s#0.2", "w/s#0.3", "w/s#0.4", "w/s#0.5", "w/s#0.6");

        story.EndpointsGranted.Distinct().Count().ShouldBeGreaterThan(1);
    }
}

public sealed class When_calls_stay_on_their_machine
{
    private static readonly AgentInstance North = new("http://north:8001/work"), South = new("http://south:8001/work"), South2 = new("http://SOUTH:8002/work");

    [Fact]
    public void a_step_has_an_instance_of_its_own_machine_and_goes_around_among_several()
    {
        var story = Story(100, North, South, South2);

        Ask(story, "south", 4).ShouldBe([South.Endpoint, South2.Endpoint, South.Endpoint, South2.Endpoint]);
        Ask(story, "north", 2).ShouldBe([North.Endpoint, North.Endpoint]);
    }

    [Fact]
    public void from_a_machine_without_one_it_goes_around_among_all() =>
        Ask(Story(100, North, South), "west", 4).ShouldBe([North.Endpoint, South.Endpoint, North.Endpoint, South.Endpoint]);

    [Theory]
    [InlineData("http://127.0.0.1:8001/")]
    [InlineData("http://localhost:8001/")]
    [InlineData("http://[::1]:8001/")]
    [InlineData("writer")]
    public void loopback_and_the_process_itself_are_near_to_every_machine(string endpoint) =>
        Ask(Story(100, North, new AgentInstance(endpoint)), "south", 2).ShouldBe([endpoint, endpoint]);

    [Fact]
    public void one_that_has_its_share_by_weight_of_the_concurrency_is_full_and_the_others_take_the_rest() =>
        Ask(Story(4, North with { Weight = 3 }, South), "south", 4).ShouldBe([South.Endpoint, North.Endpoint, North.Endpoint, North.Endpoint]);

    [Fact]
    public void one_that_is_open_drained_or_not_well_is_passed_over_and_had_again_afterwards()
    {
        var story = Story(100, North, South);
        story.BreakerStands(South.Endpoint, BreakerStatus.Open, untilSeconds: 60);
        Ask(story, "south", 2).ShouldBe([North.Endpoint, North.Endpoint]);
        story.BreakerStands(South.Endpoint, BreakerStatus.Closed);
        Ask(story, "south", 1).ShouldBe([South.Endpoint]);

        story.Declare(Agent(balancing: Balancing.Local, instances: [North, South with { Drain = true }]));
        Ask(story, "south", 1).ShouldBe([North.Endpoint]);

        story.Declare(Agent(balancing: Balancing.Local, instances: [North, South]) with { Health = new HealthCheck("/health", UnhealthyAfter: 1) });
        story.CheckAll(well: North.Endpoint);
        Ask(story, "south", 1).ShouldBe([North.Endpoint]);
    }

    [Fact]
    public void it_leaves_its_machine_only_where_it_must() =>
        Prop.ForAll(Gen.Choose(1, 9).ArrayOf(5).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), Gen.Choose(0, 31).ToArbitrary(), (weights, concurrency, open) =>
        {
            AgentInstance[] instances = [.. weights.Select((weight, index) => new AgentInstance($"http://{(index < 2 ? "south" : "north")}:{8000 + index}", weight))];
            var story = Story(concurrency, instances);
            var closed = instances.Where((_, index) => (open >> index & 1) == 0).ToList();
            instances.Except(closed).ToList().ForEach(instance => story.BreakerStands(instance.Endpoint, BreakerStatus.Open, byHand: true));

            var had = new Dictionary<string, int>();
            foreach (var endpoint in closed.Count == 0 ? [] : Ask(story, "south", concurrency))
            {
                var near = closed.Where(instance => instance.Endpoint.Contains("south", StringComparison.Ordinal) && !HasItsShare(instance)).Select(instance => instance.Endpoint).ToList();
                (near.Count == 0 || near.Contains(endpoint)).ShouldBeTrue($"{endpoint} was called while {string.Join(" and ", near)} had room");
                had[endpoint] = had.GetValueOrDefault(endpoint) + 1;
            }

            had.Values.Sum().ShouldBe(closed.Count == 0 ? 0 : concurrency, "nobody waits for a machine");

            bool HasItsShare(AgentInstance instance) => had.GetValueOrDefault(instance.Endpoint) * weights.Sum() >= concurrency * instance.Weight;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static DeskStory Story(int concurrency, params AgentInstance[] instances) => new(Agent(concurrency, balancing: Balancing.Local, instances: instances));

    private static List<string> Ask(DeskStory story, string host, int calls)
    {
        var before = story.Granted.Count;
        for (var call = 0; call < calls; call++)
        {
            story.Ask("t" + (before + call), host: host);
        }

        return [.. story.EndpointsGranted.Skip(before)];
    }
}

public sealed class When_an_instance_is_drained
{
    private static readonly AgentInstance A = new("http://a"), B = new("http://b");

    [Fact]
    public void it_gets_no_new_calls_and_those_under_way_finish()
    {
        var story = new DeskStory(Agent(instances: [A, B]));
        story.Ask("1");

        story.Declare(Agent(instances: [A with { Drain = true }, B]));
        story.AskAll("2", "3");

        story.EndpointsGranted.ShouldBe(["http://a", "http://b", "http://b"]);
        story.Desk.Instances.First().CallsOut.ShouldBe(1);
        story.Release("1");
        story.Desk.Instances.First().CallsOut.ShouldBe(0);
    }

    [Fact]
    public void with_all_of_them_drained_calls_wait_for_capacity_and_go_on_afterwards()
    {
        var story = new DeskStory(Agent(instances: [A with { Drain = true }]));

        KindOf(story.Ask("1")).ShouldBe(Vocabulary.Steps.WaitKind.Capacity);

        story.Declare(Agent(instances: [A]));
        story.TicketsGranted.ShouldBe(["1"]);
    }
}

public sealed class When_the_health_of_instances_is_checked
{
    private static readonly AgentInstance A = new("http://a"), B = new("http://b");
    private static readonly HealthCheck Check = new("/health", UnhealthyAfter: 2, HealthyAfter: 3);

    [Fact]
    public void one_failure_turns_nothing_and_a_row_of_them_does()
    {
        var story = Story(Balancing.RoundRobin);
        story.CheckAll(well: "http://b").ShouldBe(["http://a", "http://b"]);
        Healthy(story).ShouldBe([true, true]);

        story.At(30);
        story.CheckAll(well: "http://b");
        Healthy(story).ShouldBe([false, true]);
        story.AskAll("1", "2");

        story.EndpointsGranted.ShouldBe(["http://b", "http://b"]);
    }

    [Fact]
    public void a_success_between_failures_begins_the_row_anew()
    {
        var story = Story(Balancing.RoundRobin);
        foreach (var (second, well) in new[] { (0, false), (30, true), (60, false) })
        {
            story.At(second);
            story.CheckAll(well ? ["http://a", "http://b"] : ["http://b"]);
        }

        Healthy(story).ShouldBe([true, true]);
    }

    [Fact]
    public void it_is_trusted_again_after_a_row_of_successes()
    {
        var story = Story(Balancing.LeastConnections);
        for (var check = 0; check < 5; check++)
        {
            story.At(30 * check);
            story.CheckAll(check < 2 ? ["http://b"] : ["http://a", "http://b"]);
            Healthy(story).ShouldBe([check is 0 or 4, true]);
        }
    }

    [Fact]
    public void they_are_asked_when_it_is_time_and_not_before()
    {
        var story = Story(Balancing.RoundRobin);
        story.CheckAll("http://a", "http://b");
        story.At(29.9);
        story.CheckAll("http://a", "http://b").ShouldBeEmpty();
        story.At(30);
        story.CheckAll("http://a", "http://b").ShouldBe(["http://a", "http://b"]);
    }

    [Fact]
    public void when_all_fail_the_checks_are_not_believed()
    {
        var story = Story(Balancing.RoundRobin);
        story.CheckAll();
        story.At(30);
        story.CheckAll();

        story.AskAll("1", "2");

        story.EndpointsGranted.ShouldBe(["http://a", "http://b"]);
    }

    [Fact]
    public void an_open_breaker_says_more_than_a_healthy_check()
    {
        var story = Story(Balancing.RoundRobin);
        story.CheckAll("http://a");
        story.At(30);
        story.CheckAll("http://a");
        story.BreakerStands("http://a", BreakerStatus.Open, untilSeconds: 90);

        story.AskAll("1", "2");

        story.EndpointsGranted.ShouldBe(["http://b", "http://b"]);
    }

    [Fact]
    public void who_is_no_longer_asked_counts_as_healthy()
    {
        var story = Story(Balancing.RoundRobin);
        story.CheckAll("http://b");
        story.At(30);
        story.CheckAll("http://b");

        story.Declare(Agent(instances: [A, B]));

        Healthy(story).ShouldBe([true, true]);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("//elsewhere.example/health")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("/health#part")]
    [InlineData("/he alth")]
    [InlineData("")]
    public void a_path_that_could_lead_elsewhere_is_refused(string path) =>
        AgentRules.Check(AgentRules.Complete(Agent() with { Health = Check with { Path = path } }))!.Message.ShouldContain("health.path");

    [Fact]
    public void times_and_counts_out_of_range_are_refused_together()
    {
        var wrong = Check with { Every = TimeSpan.FromSeconds(4), Timeout = TimeSpan.FromSeconds(5), HealthyAfter = 0 };
        var message = AgentRules.Check(AgentRules.Complete(Agent() with { Health = wrong }))!.Message;
        message.ShouldContain("health.every");
        message.ShouldContain("health.timeout");
        message.ShouldContain("health.healthyAfter");
        AgentRules.Check(AgentRules.Complete(Agent() with { Health = Check })).ShouldBeNull();
    }

    private static DeskStory Story(Balancing balancing) => new(Agent(balancing: balancing, instances: [A, B]) with { Health = Check });

    private static IEnumerable<bool> Healthy(DeskStory story) => story.Desk.Instances.Select(instance => instance.Healthy);
}
