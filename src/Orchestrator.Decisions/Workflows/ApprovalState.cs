using System.Collections.Immutable;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What a workflow remembers of a question to persons.</summary>
/// <param name="Until">When it expires; null for never.</param>
public sealed record ApprovalState(string Prompt, DateTimeOffset Since, DateTimeOffset? Until)
{
    /// <summary>One for each person, in the order in which they came.</summary>
    public ImmutableArray<ApprovalVote> Votes { get; init; } = [];

    public DateTimeOffset? EscalatedAt { get; init; }

    /// <summary>How it was decided, by persons or by its expiry; null while it is not.</summary>
    public bool? Decided { get; init; }

    /// <summary>Its time ran out.</summary>
    public bool Expired { get; init; }

    /// <summary>When it was decided or ran out.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public ApprovalVote? VoteOf(string person) => Votes.FirstOrDefault(vote => vote.By == person);

    /// <summary>A person's later word, which only repeats the first, is not counted again.</summary>
    public ApprovalState With(ApprovalVote vote) => VoteOf(vote.By) is null ? this with { Votes = Votes.Add(vote) } : this;
}
