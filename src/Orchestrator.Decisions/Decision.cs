using System.Collections.Immutable;
using Orchestrator.Vocabulary;

namespace Orchestrator.Decisions;

/// <summary>What to remember, then what to do; or why not.</summary>
/// <remarks>The order is the contract: every event is durable before any effect begins.</remarks>
public sealed record Decision<TEvent, TEffect>(
    ImmutableArray<TEvent> Events, ImmutableArray<TEffect> Effects, Refusal? Refusal = null)
{
    /// <summary>The answer to a message which has nothing left to change, such as a duplicate.</summary>
    public static Decision<TEvent, TEffect> Nothing { get; } = new([], []);

    public static Decision<TEvent, TEffect> Refused(string code, string message) => new([], [], new Refusal(code, message));
}
