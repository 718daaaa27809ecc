using System.Text;
using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using static Orchestrator.Decisions.Specs.Agents.DeskStory;

namespace Orchestrator.Decisions.Specs.Agents;

public sealed class When_an_agent_is_a_model
{
    private static readonly ModelSettings Small = new("llama3.2:3b");

    [Fact]
    public void a_name_and_an_address_are_enough()
    {
        var agent = AgentRules.Complete(Writer(Small));
        agent.Model!.Tools.ShouldBeEmpty();
        agent.Model.Fallbacks.ShouldBeEmpty();
        AgentRules.Check(agent).ShouldBeNull();
    }

    [Fact]
    public void without_a_model_it_is_none() => ProblemOf(Writer(null)).ShouldContain("needs model.name");

    [Fact]
    public void another_kind_has_no_model() => ProblemOf(Writer(Small) with { Kind = AgentKind.Http }).ShouldContain("Only an agent of the kind 'llm'");

    [Fact]
    public void every_problem_is_named_at_once()
    {
        var problem = ProblemOf(Writer(new ModelSettings(
            "", Fallbacks: [""], System: "${{ input.", Temperature: 3, TokensMax: 0, OutputSchema: Json("""{"type": "x"}"""), Tools: ["a b"], ToolCallsMax: 0,
            PriceIn: -1, ApiKey: "sk-secret", RequestTimeout: TimeSpan.Zero)));
        foreach (var named in new[] { "name", "fallbacks", "system", "temperature", "tokensMax", "outputSchema", "tools", "toolCallsMax", "priceIn", "apiKey", "requestTimeout" })
        {
            problem.ShouldContain("model." + named);
        }

        problem.ShouldNotContain("sk-secret");
    }

    [Theory, InlineData("env:"), InlineData("file:"), InlineData("ENV:A"), InlineData("env:A\nB"), InlineData("")]
    public void a_key_is_a_reference_or_nothing(string key) => ProblemOf(Writer(Small with { ApiKey = key })).ShouldContain("model.apiKey");

    [Fact]
    public void tools_that_a_model_could_not_tell_apart_are_refused() =>
        ProblemOf(Writer(Small with { Tools = ["a.b", "a_b"] })).ShouldContain("model.tools");

    [Fact]
    public void it_is_no_tool_of_its_own() => ProblemOf(Writer(Small with { Tools = ["writer"] })).ShouldContain("tool of its own");

    private static string ProblemOf(AgentRegistration agent) => AgentRules.Check(AgentRules.Complete(agent)).ShouldNotBeNull().Message;

    private static AgentRegistration Writer(ModelSettings? model) => new("writer", AgentKind.Llm, ["write"], [new("http://127.0.0.1:11434/v1")], Model: model);

    private static Payload Json(string text) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(text));
}

public sealed class When_an_agent_is_disabled
{
    private static readonly AgentRegistration Off = Agent() with { Disabled = "Set agents:declared:writer:endpoints." };

    private static readonly StepFailure Why = new(AgentFailures.Disabled, "Set agents:declared:writer:endpoints.", Retryable: false);

    [Fact]
    public void a_call_is_answered_with_what_to_configure() => new DeskStory(Off).Ask("t").Failure.ShouldBe(Why);

    [Fact]
    public void who_waited_for_it_is_told_the_same()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.AskAll("a", "b");
        story.Declare(Off);
        story.Effects.OfType<DeskEffect.TellRefused>().ShouldBe([new DeskEffect.TellRefused("b", "step/b", Why)]);
        story.Desk.CallsOut.ShouldBe(1, "what is out may finish");
    }

    [Fact]
    public void it_need_not_say_where_it_is() => AgentRules.Check(AgentRules.Complete(Off with { Kind = AgentKind.Http, Instances = [] })).ShouldBeNull();

    [Fact]
    public void one_that_can_be_called_is_asked_before_it() =>
        new AgentRoutes([Named("a") with { Disabled = "Off." }, Named("b")]).Resolve(null, "write").Select(route => route.Agent).ShouldBe(["b", "a"]);

    private static AgentRegistration Named(string name) => new(name, AgentKind.Builtin, ["write"], [new(name)]);
}
