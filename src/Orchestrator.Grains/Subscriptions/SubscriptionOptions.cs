using System.ComponentModel.DataAnnotations;
using System.Text;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Subscriptions;

namespace Orchestrator.Grains.Subscriptions;

/// <summary>What is to be done about events.</summary>
public sealed class SubscriptionOptions
{
    public const string Section = "Subscriptions";

    /// <summary>Subscriptions that the configuration declares. Each acts on what is published after the first start that knew it.</summary>
    public List<SubscriptionDeclaration> Rules { get; set; } = [];

    /// <summary>How often topics that are subscribed to are looked at.</summary>
    /// <value>50 ms to 1 minute. The default is 500 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Subscriptions that may be stored.</summary>
    /// <value>1 to 10,000. The default is 200.</value>
    [Range(1, 10_000)]
    public int StoredMax { get; set; } = 200;

    /// <summary>Events that one subscription looks at between two notes of how far it is; it starts as many workflows at most at the same time.</summary>
    /// <value>1 to 1,000. The default is 100.</value>
    [Range(1, 1_000)]
    public int BatchMax { get; set; } = 100;

    /// <summary>Subscriptions that may follow from one another: an event at the end of so many starts nothing more, so that a loop ends.</summary>
    /// <value>1 to 100. The default is 5.</value>
    [Range(1, 100)]
    public int HopsMax { get; set; } = 5;
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
    public (Subscription Subscription, string? Problem) ToSubscription()
    {
        var input = Payload.Null;
        string? problem = null;
        var read = Input is null || Payload.TryParse(Encoding.UTF8.GetBytes(Input), out input, out problem);
        return (new(Name, Topic, [.. Types], When, Plan, Agent, Action, Input is null || !read ? null : input, Priority, Enabled), read ? null : $"The input is no JSON: {problem}");
    }
}
