using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Specs.Agents;

public sealed class When_a_step_asks_for_an_agent
{
    private static readonly AgentRoutes Routes = new(
    [
        Agent("tutor", "explain", "grade"), Agent("tutor-math", "explain"), Agent("archive", "explain"), Agent("a-b"),
    ]);

    [Fact]
    public void the_exact_name_wins() => Found("tutor-math").ShouldBe([("tutor-math", null)]);

    [Fact]
    public void a_keyed_name_is_the_longest_registered_beginning_and_a_key() =>
        Found("tutor-math-12-7").ShouldBe([("tutor-math", "12-7")]);

    [Theory, InlineData("tutor-42", "tutor", "42"), InlineData("a-b-c", "a-b", "c")]
    public void the_key_is_what_follows_the_dash(string asked, string agent, string key) => Found(asked).ShouldBe([(agent, key)]);

    [Theory, InlineData("nobody"), InlineData("-tutor"), InlineData("tutors"), InlineData("")]
    public void an_unknown_name_finds_nobody_even_when_the_action_would(string asked) => Found(asked).ShouldBeEmpty();

    [Fact]
    public void without_a_name_the_most_specialised_comes_first_and_then_the_alphabet() =>
        Routes.Resolve(null, "explain").Select(route => route.Agent).ShouldBe(["archive", "tutor-math", "tutor"]);

    [Fact]
    public void an_action_nobody_can_do_finds_nobody() => Routes.Resolve(null, "sing").ShouldBeEmpty();

    [Fact]
    public void every_candidate_says_why() => Routes.Resolve(null, "grade").Single().Reason.ShouldContain("'tutor' can 'grade'");

    private static (string, string?)[] Found(string agentId) => [.. Routes.Resolve(agentId, "explain").Select(route => (route.Agent, route.Key))];

    private static AgentRegistration Agent(string name, params string[] capabilities) =>
        AgentRules.Complete(new(name, AgentKind.Builtin, [.. capabilities], default));
}

public sealed class When_an_agent_is_declared
{
    [Fact]
    public void what_was_left_out_is_put_in()
    {
        var agent = AgentRules.Complete(new AgentRegistration("echo", AgentKind.Builtin, default, default));
        agent.Instances.ShouldHaveSingleItem().Endpoint.ShouldBe("echo");
        agent.Capabilities.ShouldBeEmpty();
        AgentRules.Check(agent).ShouldBeNull();
    }

    [Fact]
    public void every_problem_is_named_at_once()
    {
        var refusal = AgentRules.Check(AgentRules.Complete(new AgentRegistration(
            "no spaces", AgentKind.Http, ["x"], [new("ftp://a", 0)], Concurrency: 0, RateLimit: new(0, 1), QueueMax: -1)))!;
        refusal.Code.ShouldBe("agent.invalid");
        foreach (var problem in new[] { "name", "concurrency", "queueMax", "rateLimit", "weight", "endpoint" })
        {
            refusal.Message.ShouldContain(problem);
        }
    }

    [Theory]
    [InlineData("http://user:pw@host/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://host/")]
    [InlineData("/relative")]
    [InlineData("http://host/#part")]
    public void an_endpoint_is_a_plain_http_address(string endpoint) =>
        AgentRules.Check(AgentRules.Complete(new AgentRegistration("a", AgentKind.Http, ["x"], [new(endpoint)]))).ShouldNotBeNull();
}
