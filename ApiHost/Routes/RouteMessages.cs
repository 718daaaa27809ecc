using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Decisions.Routes;
using Orchestrator.Grains.Routes;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Routing;
using Route = Orchestrator.Vocabulary.Routes.Route;

namespace Orchestrator.ApiHost.Routes;

/// <summary>Declares a route. It is found by its pattern, by keywords, or by its capability; at least one of them is there.</summary>
/// <param name="Name">1 to 128 letters, digits, '.', '_' and '-'; the pattern without one.</param>
/// <param name="Pattern">The exact word by which a task asks for it.</param>
/// <param name="TargetAgent">Where requests go.</param>
/// <param name="TargetAgents">The same, for several: the first one gets tasks, all of them get requests in words.</param>
/// <param name="Keywords">Words and phrases in a request that speak for this route.</param>
/// <param name="Capability">Without target agents: every agent that can do this is one. With them: what they are asked to do.</param>
/// <param name="Timeout">For each attempt of a task: seconds, or ISO 8601. 300 s without one.</param>
/// <param name="Priority">1 to 5, 5 the most urgent, or its word. A request's own counts before it.</param>
/// <param name="Enabled">False keeps the route, and nobody finds it.</param>
internal sealed record RouteRequestBody(
    string? Name = null,
    string? Pattern = null,
    string? TargetAgent = null,
    ImmutableArray<string>? TargetAgents = null,
    ImmutableArray<string>? Keywords = null,
    string? Capability = null,
    JsonElement? Timeout = null,
    JsonElement? Priority = null,
    bool Enabled = true,
    string? Description = null)
{
    public Route Route(string? name, RequestCheck check)
    {
        if (TargetAgent is not null && TargetAgents is not null)
        {
            check.Member("/targetAgent", "A route has targetAgent or targetAgents, not both.");
        }

        var route = RouteRules.Complete(new(
            name ?? Name ?? "",
            Pattern,
            TargetAgents ?? (TargetAgent is null ? [] : [TargetAgent]),
            Keywords ?? [],
            Capability,
            SecondsText.Read(Timeout, "/timeout", RouteRules.TimeoutMin, RouteRules.TimeoutMax, check),
            PriorityText.ReadOptional(Priority, check),
            Enabled,
            Description));
        foreach (var (member, message) in RouteRules.Problems(route))
        {
            check.Member("/" + member, message);
        }

        return route;
    }
}

/// <summary>A route as it stands.</summary>
/// <param name="TargetAgent">The first of <paramref name="TargetAgents"/>; null where the capability finds them.</param>
/// <param name="Version">Changes with every change; also its ETag.</param>
/// <param name="Declared">It comes with the product or from configuration; a PUT under its name takes its place.</param>
internal sealed record RouteResponse(
    string Name,
    string? Pattern,
    string? TargetAgent,
    ImmutableArray<string> TargetAgents,
    ImmutableArray<string> Keywords,
    string? Capability,
    long? TimeoutMs,
    int? Priority,
    bool Enabled,
    string? Description,
    string Version,
    bool Declared)
{
    public static RouteResponse Of(RouteView view) => new(
        view.Route.Name,
        view.Route.Pattern,
        view.Route.TargetAgents.IsDefaultOrEmpty ? null : view.Route.TargetAgents[0],
        view.Route.TargetAgents,
        view.Route.Keywords,
        view.Route.Capability,
        (long?)view.Route.Timeout?.TotalMilliseconds,
        view.Route.Priority,
        view.Route.Enabled,
        view.Route.Description,
        view.Version,
        view.Declared);
}

/// <summary>Asks where a request would go. Exactly one of <c>pattern</c>, <c>capability</c> and <c>content</c> is there.</summary>
/// <param name="Content">A request in words.</param>
/// <param name="Context">With <c>content</c>: what the caller knows about the request, any JSON value.</param>
/// <param name="History">With <c>content</c>: what was said before, oldest first, any JSON values.</param>
/// <param name="UserContext">With <c>content</c>: what the caller knows about the user, any JSON value.</param>
/// <param name="Strategy">With <c>content</c>: <c>simple</c>, <c>llm</c> or <c>hybrid</c>; the server's own without one.</param>
internal sealed record ResolveRequest(
    string? Pattern = null,
    string? Capability = null,
    string? Content = null,
    Payload? Context = null,
    ImmutableArray<Payload>? History = null,
    Payload? UserContext = null,
    string? Strategy = null);

/// <summary>Where the request would go, and why.</summary>
/// <param name="Method">What the decision rests on: <c>pattern</c>, <c>capability</c>, <c>keywords</c>, <c>model</c> or <c>fallback</c>.</param>
/// <param name="PrimaryAgent">The agent that would be called first; null when nobody can be.</param>
/// <param name="SecondaryAgents">Those that would be called besides.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="ModelUnheard">Why the model that was to be asked had no say.</param>
/// <param name="Refusal">Why nobody can be called, as a task or request would be told.</param>
internal sealed record ResolveResponse(
    RoutingMethod Method,
    string? PrimaryAgent,
    ImmutableArray<string> SecondaryAgents,
    double Confidence,
    string Reasoning,
    string? ModelUnheard,
    string? Route,
    string? Refusal,
    ImmutableArray<CandidateResponse> Candidates)
{
    public static ResolveResponse Of(RoutingDecision decision)
    {
        var chosen = decision.Chosen.Select(candidate => candidate.Agent).ToImmutableArray();
        return new(
            decision.Method,
            chosen.FirstOrDefault(),
            chosen.IsEmpty ? [] : chosen[1..],
            decision.Confidence,
            decision.Reasoning,
            decision.ModelUnheard,
            decision.Route?.Name,
            decision.Refusal?.Message,
            [.. decision.Candidates.Select(candidate => new CandidateResponse(candidate.Agent, candidate.Action, candidate.Score, candidate.Chosen, candidate.Route, candidate.Reasons, candidate.Unavailable))]);
    }
}

/// <param name="Score">0 to 1: how much spoke for it.</param>
/// <param name="Unavailable">Why it cannot be called; null when it can.</param>
internal sealed record CandidateResponse(string Agent, string Action, double Score, bool Chosen, string? Route, ImmutableArray<string> Reasons, string? Unavailable);
