using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Decisions.Topics;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Subscriptions;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Subscriptions;

/// <summary>What follows from one event for one subscription.</summary>
public abstract record Reaction
{
    private Reaction()
    {
    }

    /// <summary>It does not fit.</summary>
    public sealed record None : Reaction
    {
        public static None Instance { get; } = new();
    }

    /// <summary>Nothing may follow from it.</summary>
    /// <param name="Reason">Why: it came over as many subscriptions as an event may, or the condition or the input cannot be made of it.</param>
    public sealed record Cut(string Reason) : Reaction;

    /// <summary>A workflow follows. The same event gives the same id, so it follows once, however often it is decided.</summary>
    public sealed record Start(WorkflowId Id, Payload Input, ImmutableSortedDictionary<string, string> Tags) : Reaction;
}

/// <summary>Which events a subscription acts on, and with what. Pure: the same event gives the same workflow.</summary>
public static class SubscriptionDecisions
{
    /// <summary>The tag that names the subscription.</summary>
    public const string SubscriptionTag = "subscription";

    /// <summary>The tag that names the event: topic and number.</summary>
    public const string EventTag = "event";

    private static readonly Payload WholeInput = Payload.From("${{ input }}");

    /// <summary>What follows from an event.</summary>
    /// <param name="hopsMax">An event that stands at the end of so many subscriptions starts nothing more: loops end there.</param>
    public static Reaction React(Subscription subscription, TopicEvent kept, int hopsMax)
    {
        if (NameOf(subscription, kept.Event.Type) is not { } name)
        {
            return Reaction.None.Instance;
        }

        var told = EventNames.As(kept.Event, name);
        var hops = HopsOf(told);
        var context = new EvaluationContext(Seen(told, subscription.Topic, kept.Number, hops), _ => null);
        if (subscription.When is { } when)
        {
            var judged = Conditions.Evaluate(when, context);
            if (!judged.Succeeded)
            {
                return new Reaction.Cut(judged.Problem!);
            }

            if (!judged.Value)
            {
                return Reaction.None.Instance;
            }
        }

        if (hops >= hopsMax)
        {
            return new Reaction.Cut($"It stands at the end of {hops} subscriptions, which is as many as may follow from one another.");
        }

        var input = Templates.Render(subscription.Input ?? WholeInput, context);
        return input.Succeeded
            ? new Reaction.Start(IdOf(subscription, kept.Number), input.Value, Tags(subscription, kept.Number, hops + 1))
            : new Reaction.Cut(input.Problem!);
    }

    /// <summary>The plan that calls the subscription's agent with the workflow's input.</summary>
    public static Plan PlanOf(Subscription subscription) => new(
        subscription.Name, [new Step("react", subscription.Agent, subscription.Action, WholeInput, [])], Description: $"What follows from events of topic '{subscription.Topic}'.");

    /// <summary>The workflow that follows from an event, by subscription, topic and number.</summary>
    public static WorkflowId IdOf(Subscription subscription, long number)
    {
        // A topic's name may be as long as an id; a piece of its hash keeps numbers of one topic from those of another, should the subscription move.
        var topic = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subscription.Topic)).AsSpan(0, 4));
        return new(string.Create(CultureInfo.InvariantCulture, $"{subscription.Name}.{topic}.{number}"));
    }

    private static string? NameOf(Subscription subscription, string type) =>
        subscription.Types.IsEmpty || subscription.Types.Contains(type) ? type : EventNames.Others(type).FirstOrDefault(name => subscription.Types.Contains(name));

    private static int HopsOf(CloudEvent told) =>
        told.Attributes.TryGetValue(WorkflowNews.HopsAttribute, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hops) ? hops : 0;

    private static ImmutableSortedDictionary<string, string> Tags(Subscription subscription, long number, int hops) => ImmutableSortedDictionary<string, string>.Empty
        .Add(SubscriptionTag, subscription.Name)
        .Add(EventTag, string.Create(CultureInfo.InvariantCulture, $"{subscription.Topic}/{number}"))
        .Add(WorkflowNews.HopsTag, hops.ToString(CultureInfo.InvariantCulture));

    /// <summary>The event as conditions and templates see it.</summary>
    private static Payload Seen(CloudEvent told, string topic, long number, int hops) => WorkflowNews.Json(json =>
    {
        json.WriteString("id", told.Id);
        json.WriteString("source", told.Source);
        json.WriteString("type", told.Type);
        json.WriteString("subject", told.Subject);
        json.WriteString("time", told.Attributes.GetValueOrDefault("time"));
        json.WriteString("topic", topic);
        json.WriteNumber("number", number);
        json.WriteNumber("hops", hops);
        json.WritePropertyName("data");
        json.WriteRawValue(told.Data.Utf8.Span, skipInputValidation: true);
    });
}
