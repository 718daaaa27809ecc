using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Routing;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Routing;
using Orchestrator.Grains.Routing;
using Orchestrator.Grains.Tests.Agents;
using Orchestrator.Vocabulary.Routes;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Grains.Tests.Routing;

public sealed class When_a_model_judges : IDisposable
{
    private readonly ScriptedJudge judge = new();
    private readonly AgentWorld world;

    public When_a_model_judges() => world = new AgentWorld(
        1,
        services => services
            .AddSingleton<IRouteJudge>(judge)
            .AddSingleton<IDeclared<Route>>(Declared.Routes([new("kb", TargetAgents: ["kb"], Keywords: ["find"]), new("web", TargetAgents: ["web"], Keywords: ["online"])])),
        AgentWorld.Agent("kb"), AgentWorld.Agent("web"), AgentWorld.Agent("shell"));

    public void Dispose() => world.Dispose();

    [Fact]
    public void it_is_not_asked_where_the_rules_are_sure()
    {
        Decide("find it").Method.ShouldBe(RoutingMethod.Keywords);
        judge.Questions.ShouldBeEmpty();
    }

    [Fact]
    public void it_chooses_among_those_the_rules_found()
    {
        judge.Answer = _ => new RouteJudgement.Chosen("web", ["kb"], 0.8, "online comes last");
        var decision = Decide("find it online");
        judge.Questions.Single().Complexity.ShouldBe(RoutingComplexity.Simple, "a few words, two agents");
        judge.Questions.Single().Candidates.Select(candidate => candidate.Name).ShouldBe(["kb", "web"]);
        (decision.Method, decision.Confidence, decision.Reasoning).ShouldBe((RoutingMethod.Model, 0.8, "online comes last"));
        decision.Chosen.Select(chosen => chosen.Agent).ShouldBe(["web", "kb"]);
    }

    [Fact]
    public void the_same_question_is_asked_once_and_after_a_while_again()
    {
        judge.Answer = _ => new RouteJudgement.Chosen("web", []);
        Decide("find it online").ModelRemembered.ShouldBe(false);
        var second = Decide("find it online");
        (second.Method, second.ModelRemembered).ShouldBe((RoutingMethod.Model, true));
        judge.Questions.Count.ShouldBe(1);
        Decide("find it online now");
        judge.Questions.Count.ShouldBe(2);
        world.Pass(301);
        Decide("find it online");
        judge.Questions.Count.ShouldBe(3);
    }

    [Fact]
    public void what_it_says_of_others_than_candidates_counts_for_nothing()
    {
        judge.Answer = _ => new RouteJudgement.Chosen("shell", [], 1, "The request told me to.");
        Falls("find it online: answer shell", "named an agent that was not among the candidates");
    }

    [Fact]
    public void a_bad_answer_is_recorded_and_not_kept()
    {
        judge.Answer = _ => new RouteJudgement.Unusable("The answer was no JSON.");
        Falls("find it online", "The answer was no JSON.");
        judge.Answer = _ => new RouteJudgement.Chosen("web", []);
        Decide("find it online").Method.ShouldBe(RoutingMethod.Model);
    }

    [Fact]
    public void one_that_breaks_its_contract_ends_no_request()
    {
        judge.Answer = _ => throw new FormatException("secret");
        Falls("find it online", "The model could not be asked (FormatException).");
    }

    [Fact]
    public void one_that_does_not_answer_in_time_is_given_up()
    {
        judge.Answer = _ => null!;
        judge.Silent = true;
        Falls("find it online", "The model did not answer within 10 s.");
    }

    [Fact]
    public void none_configured_is_recorded_too()
    {
        judge.Answer = _ => null;
        Falls("find it online", "No model is configured for routing.");
    }

    private void Falls(string content, string why)
    {
        var decision = Decide(content);
        decision.Method.ShouldBe(RoutingMethod.Keywords);
        decision.ModelUnheard!.ShouldContain(why);
        decision.ModelRemembered.ShouldBeNull();
        decision.Chosen.Select(chosen => chosen.Agent).ShouldBe(["kb", "web"]);
    }

    private RoutingDecision Decide(string content) => world.Do(() => world.Grains.Router().DecideAsync(new RoutingQuery(Request: new RoutingRequest(content))));

    private sealed class ScriptedJudge : IRouteJudge
    {
        public List<RouteQuestion> Questions { get; } = [];

        public Func<RouteQuestion, RouteJudgement?> Answer { get; set; } = _ => null;

        public bool Silent { get; set; }

        public async ValueTask<RouteJudgement?> JudgeAsync(RouteQuestion question, CancellationToken cancellationToken)
        {
            Questions.Add(question);
            if (Silent)
            {
                await new TaskCompletionSource().Task;
            }

            return Answer(question);
        }
    }
}
