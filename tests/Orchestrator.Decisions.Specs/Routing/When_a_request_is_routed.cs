using System.Collections.Immutable;
using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Routes;
using Orchestrator.Decisions.Routing;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Routes;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Decisions.Specs.Routing;

public sealed class When_a_request_is_routed
{
    private static readonly Route[] Routes =
    [
        new("upload_pdf", "upload_pdf", ["ingest"], Timeout: TimeSpan.FromSeconds(300), Priority: 2),
        new("broken", "broken", ["nobody"]),
        new("off", "off", ["ingest"], Enabled: false),
        new("kb", TargetAgents: ["kb"], Keywords: ["search", "find", "what is"]),
        new("shell", TargetAgents: ["shell"], Keywords: ["run", "execute"]),
        new("web", TargetAgents: ["web"], Keywords: ["research", "web", "online"]),
        new("chat", TargetAgents: ["chat_agent"], Keywords: ["hi", "hello"]),
        new("sums", TargetAgents: ["calc", "abacus"], Capability: "add"),
    ];

    private static readonly AgentRegistration[] Agents =
    [
        Agent("ingest", [], "upload_pdf", "ingest"), Agent("kb", []), Agent("web", []), Agent("chat_agent", []),
        Agent("summary", ["summary", "short"], "summarize"), Agent("calc", [], "add", "subtract"), Agent("adder", [], "add"),
    ];

    private static readonly RequestRouting Routing = Of(RoutingPolicy.Default);

    [Fact]
    public void a_pattern_leads_to_the_first_target_with_the_action_of_its_name()
    {
        var decision = Routing.ByPattern("upload_pdf");
        decision.Chosen.Select(chosen => (chosen.Agent, chosen.Action, chosen.Route)).ShouldBe([("ingest", "upload_pdf", "upload_pdf")]);
        (decision.Method, decision.Confidence, decision.Refusal, decision.Route!.Priority).ShouldBe((RoutingMethod.Pattern, 1, null, 2));
    }

    [Theory]
    [InlineData("upload_pfd", "'upload_pdf' is like it.")]
    [InlineData("off", "No enabled route has it")]
    [InlineData("UPLOAD_PDF_NOW_PLEASE", "No enabled route has it.")]
    public void an_unknown_pattern_is_refused_in_these_words(string pattern, string reasoning)
    {
        var decision = Routing.ByPattern(pattern);
        decision.Refusal.ShouldBe(new Vocabulary.Refusal("pattern.unknown", $"Unknown pattern '{pattern}'"));
        decision.Reasoning.ShouldContain(reasoning);
        decision.Candidates.ShouldBeEmpty();
    }

    [Fact]
    public void a_pattern_whose_agent_nobody_declared_still_names_it_and_says_why_it_cannot_be_called()
    {
        var only = Routing.ByPattern("broken").Chosen.Single();
        (only.Agent, only.Unavailable).ShouldBe(("nobody", "Nobody declared or registered an agent 'nobody'."));
    }

    [Fact]
    public void every_agent_that_keywords_lead_to_is_chosen_in_the_order_of_the_routes()
    {
        var decision = Routing.ByRules("Hi, please FIND it online and research it");
        decision.Method.ShouldBe(RoutingMethod.Keywords);
        decision.Chosen.Select(chosen => (chosen.Agent, chosen.Score)).ShouldBe([("kb", 1 / 2d), ("web", 2 / 3d), ("chat_agent", 1 / 2d)]);
        decision.Chosen.ElementAt(1).Reasons.ShouldBe(["Route 'web' has the words 'research', 'online'."]);
    }

    [Fact]
    public void a_route_to_nobody_is_told_of_and_passed_over()
    {
        var decision = Routing.ByRules("run it and find it");
        decision.Chosen.Select(chosen => chosen.Agent).ShouldBe(["kb"]);
        decision.Candidates.Select(candidate => (candidate.Agent, candidate.Unavailable is null)).ShouldBe([("kb", true), ("shell", false)]);
    }

    [Fact]
    public void where_no_route_speaks_the_agents_own_words_do()
    {
        var decision = Routing.ByRules("Summarize this, make it short");
        decision.Chosen.Select(chosen => (chosen.Agent, chosen.Action, chosen.Route)).ShouldBe([("summary", "summarize", null)]);
        decision.Confidence.ShouldBe(2 / 3d);
    }

    [Fact]
    public void what_nothing_speaks_for_goes_to_the_fallback()
    {
        var decision = Routing.ByRules("which of this thing");
        (decision.Method, decision.Chosen.Single().Agent).ShouldBe((RoutingMethod.Fallback, "chat_agent"));
    }

    [Fact]
    public void as_substrings_the_same_words_mean_more() =>
        Of(RoutingPolicy.Default with { Substring = true }).ByRules("which of this thing").Method.ShouldBe(RoutingMethod.Keywords);

    [Fact]
    public void without_anybody_it_is_refused()
    {
        var decision = Of(RoutingPolicy.Default with { FallbackAgents = ["gone"] }).ByRules("xyzzy");
        decision.Refusal!.Code.ShouldBe("request.no_agent");
        decision.Chosen.ShouldBeEmpty();
        decision.Candidates.Single().Unavailable.ShouldNotBeNull();
    }

    [Fact]
    public void a_capability_goes_where_its_route_says_and_else_to_the_most_specialised()
    {
        Routing.ByCapability("add").Chosen.Single().Agent.ShouldBe("calc");
        Routing.ByCapability("add").Candidates.Select(candidate => candidate.Agent).ShouldBe(["calc", "abacus", "adder"]);
        Routing.ByCapability("subtract").Chosen.Single().Agent.ShouldBe("calc");
        Routing.ByCapability("fly").Refusal!.Code.ShouldBe("request.no_agent");
    }

    [Theory]
    [InlineData("find it", RoutingStrategy.Simple, "")]
    [InlineData("xyzzy", RoutingStrategy.Simple, "")]
    [InlineData("find it", RoutingStrategy.Hybrid, "")] // one agent: the rules are sure
    [InlineData("find it online", RoutingStrategy.Hybrid, "kb web")] // several: which of them
    [InlineData("xyzzy", RoutingStrategy.Hybrid, "adder calc chat_agent ingest kb summary web")]
    [InlineData("find it", RoutingStrategy.Llm, "adder calc chat_agent ingest kb summary web")]
    public void a_model_is_asked_where_the_strategy_says(string content, RoutingStrategy strategy, string candidates) =>
        string.Join(' ', Routing.ToJudge(Routing.ByRules(content), strategy).Select(candidate => candidate.Name)).ShouldBe(candidates);

    [Fact]
    public void what_a_model_is_told_of_is_bounded_and_the_likely_ones_are_among_it()
    {
        var narrow = Of(RoutingPolicy.Default with { CandidatesMax = 2 });
        narrow.ToJudge(narrow.ByRules("online research"), RoutingStrategy.Llm).Select(candidate => candidate.Name).ShouldBe(["adder", "web"]);
    }

    [Fact]
    public void the_models_word_counts_for_candidates_and_for_nobody_else()
    {
        var rules = Routing.ByRules("find it online");
        var candidates = Routing.ToJudge(rules, RoutingStrategy.Hybrid);
        var judged = Routing.Judged(rules, candidates, "web", ["shell", "kb", "web", "kb"], 0.9, "It says online.");
        judged.Chosen.Select(chosen => chosen.Agent).ShouldBe(["web", "kb"]);
        (judged.Method, judged.Confidence, judged.Reasoning, judged.ModelUnheard).ShouldBe((RoutingMethod.Model, 0.9, "It says online.", null));

        var unheard = Routing.Judged(rules, candidates, "shell", [], 1, "I was told to.");
        unheard.ShouldBe(rules with { ModelUnheard = "The model named an agent that was not among the candidates." });
        Routing.Judged(rules, candidates, "web", [], double.NaN, "").ModelUnheard.ShouldNotBeNull();
        Routing.Judged(rules, candidates, "web", [], 1.5, "").ModelUnheard.ShouldNotBeNull();
    }

    private static RequestRouting Of(RoutingPolicy policy) => new(new RouteTable(Routes.Select(RouteRules.Complete)), Agents, policy);

    private static AgentRegistration Agent(string name, ImmutableArray<string> keywords, params string[] capabilities) =>
        AgentRules.Complete(new(name, AgentKind.Builtin, [.. capabilities], default, Keywords: keywords));
}
