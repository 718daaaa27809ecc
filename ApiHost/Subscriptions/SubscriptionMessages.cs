using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Decisions.Subscriptions;
using Orchestrator.Grains.Subscriptions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Subscriptions;

namespace Orchestrator.ApiHost.Subscriptions;

/// <summary>Declares what is to be done about events: for each that fits, one workflow.</summary>
/// <param name="Topic">The topic whose events are looked at.</param>
/// <param name="Types">Types that fit, or other names of theirs; all without it.</param>
/// <param name="When">A condition on the event, which it knows as <c>input</c>.</param>
/// <param name="Plan">The named plan to start, in its newest version.</param>
/// <param name="Agent">Or the agent to call.</param>
/// <param name="Action">What the agent is asked to do.</param>
/// <param name="Input">A template for the workflow's input, in which the event is <c>input</c>; the event itself without it.</param>
/// <param name="Priority">1 to 5, 5 the most urgent, or its word.</param>
/// <param name="Enabled">False passes events over, for good.</param>
internal sealed record SubscriptionRequestBody(
    string Topic,
    ImmutableArray<string>? Types = null,
    string? When = null,
    string? Plan = null,
    string? Agent = null,
    string? Action = null,
    Payload? Input = null,
    JsonElement? Priority = null,
    bool Enabled = true,
    string? Description = null)
{
    public Subscription Subscription(string name, RequestCheck check)
    {
        var subscription = SubscriptionRules.Complete(new(
            name, Topic, Types ?? [], When, Plan, Agent, Action, Input, PriorityText.ReadOptional(Priority, check) ?? PriorityText.Default, Enabled, Description));
        foreach (var (member, message) in SubscriptionRules.Problems(subscription))
        {
            check.Member("/" + member, message);
        }

        return subscription;
    }
}

/// <summary>A subscription as it stands.</summary>
/// <param name="Version">Changes with every change; also its ETag.</param>
/// <param name="Declared">It comes from configuration; a PUT under its name takes its place.</param>
internal sealed record SubscriptionResponse(
    string Name,
    string Topic,
    ImmutableArray<string> Types,
    string? When,
    string? Plan,
    string? Agent,
    string? Action,
    Payload? Input,
    int Priority,
    bool Enabled,
    string? Description,
    string Version,
    bool Declared)
{
    public static SubscriptionResponse Of(SubscriptionView view)
    {
        var it = view.Subscription;
        return new(it.Name, it.Topic, it.Types, it.When, it.Plan, it.Agent, it.Action, it.Input, it.Priority, it.Enabled, it.Description, view.Version, view.Declared);
    }
}

/// <summary>How far a subscription is.</summary>
/// <param name="AfterNumber">Events of the topic up to this number have been acted on, or passed over.</param>
/// <param name="Started">Workflows it has started; they carry the tag <c>subscription</c>.</param>
/// <param name="Cut">Events that fitted and from which nothing could follow.</param>
/// <param name="LastProblem">Why, for the last of them.</param>
internal sealed record SubscriptionProgressResponse(string Name, long AfterNumber, long Started, long Cut, string? LastProblem);
