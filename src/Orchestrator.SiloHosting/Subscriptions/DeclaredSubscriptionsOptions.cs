using System.ComponentModel.DataAnnotations;
using System.Text;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Subscriptions;

namespace Orchestrator.SiloHosting.Subscriptions;

/// <summary>Subscriptions that the configuration declares, beside those that are put over the API.</summary>
public sealed class DeclaredSubscriptionsOptions
{
    public const string Section = "Subscriptions";

    /// <summary>Each acts on what is published after it was first known.</summary>
    public List<SubscriptionDeclaration> Rules { get; set; } = [];
}

/// <summary>A subscription as a settings file declares it.</summary>
public sealed class SubscriptionDeclaration
{
    /// <summary>1 to 64 letters, digits, '.', '_' and '-'.</summary>
    public string Name { get; set; } = "";

    public string Topic { get; set; } = "";

    public List<string> Types { get; set; } = [];

    /// <summary>A condition on the event, which it knows as <c>input</c>.</summary>
    public string? When { get; set; }

    /// <summary>The named plan to start.</summary>
    public string? Plan { get; set; }

    /// <summary>Or the agent to call.</summary>
    public string? Agent { get; set; }

    public string? Action { get; set; }

    /// <summary>A template for the input, as a text of JSON, in which the event is <c>input</c>.</summary>
    public string? Input { get; set; }

    /// <summary>How urgent what follows is.</summary>
    /// <value>1 to 5, 5 the most urgent. The default is 3.</value>
    [Range(1, 5)]
    public int Priority { get; set; } = 3;

    /// <summary>One that is not passes events over.</summary>
    /// <value>The default is true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The subscription, and what is wrong with its input.</summary>
    internal (Subscription Subscription, string? Problem) ToSubscription()
    {
        var input = Payload.Null;
        string? problem = null;
        var read = Input is null || Payload.TryParse(Encoding.UTF8.GetBytes(Input), out input, out problem);
        return (new(Name, Topic, [.. Types], When, Plan, Agent, Action, Input is null || !read ? null : input, Priority, Enabled), read ? null : $"The input is no JSON: {problem}");
    }
}
