using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Simulation.Checks;

/// <summary>What a checker has seen of one question to persons. It counts by the plan alone, without the code that is checked; what is wrong, it says.</summary>
internal sealed class ApprovalFacts(ApprovalRequest asked, DateTimeOffset since)
{
    private readonly Dictionary<string, bool> votes = new(StringComparer.Ordinal);
    private DateTimeOffset? escalatedAt;

    public bool? Decided { get; private set; }

    /// <summary>Its time ran out and nobody's word decides any more.</summary>
    public bool IsOver { get; private set; }

    private int Approvals => votes.Values.Count(approved => approved);

    private int Rejections => votes.Count - Approvals;

    private bool IsApproved => Approvals >= (asked.Quorum ?? 1);

    private bool IsRejected => Rejections >= (asked.Rejections ?? 1) || (MayAskNobodyElse && !IsOpenToAll && Asked.Length - Rejections < (asked.Quorum ?? 1));

    /// <summary>Enough persons have spoken, and the store does not say that it is decided.</summary>
    public bool IsOwed => !IsOver && (IsApproved || IsRejected);

    private bool IsOpenToAll => asked.Approvers.IsDefaultOrEmpty;

    private string[] Asked => [.. asked.Approvers.Concat(escalatedAt is null ? [] : asked.Escalate!.To).Distinct()];

    private bool MayAskNobodyElse => asked.Escalate is null || escalatedAt is not null;

    public string? Voted(string by, bool approved) =>
        IsOver ? $"{by} voted after it was over"
        : !IsOpenToAll && !Asked.Contains(by) ? $"{by} voted and was not asked"
        : !votes.TryAdd(by, approved) ? $"{by} voted twice"
        : null;

    public string? Concluded(string by, bool approved)
    {
        if (!votes.ContainsKey(by) && Voted(by, approved) is { } wrong)
        {
            return wrong;
        }

        var holds = !IsOver && votes[by] == approved && (approved ? IsApproved : !IsApproved && IsRejected);
        (Decided, IsOver) = (approved, true);
        return holds ? null : $"it was decided as {approved} by {by} with {Approvals} approvals and {Rejections} rejections";
    }

    public string? Escalated(DateTimeOffset at)
    {
        var due = since + (asked.Escalate?.After ?? asked.Expires);
        var holds = !IsOver && escalatedAt is null && asked.Escalate is not null && at >= due;
        escalatedAt = at;
        return holds ? null : $"others were asked at {at:O}, and are to be asked once, at {due:O}";
    }

    public string? Expired(DateTimeOffset at, OnExpiry then)
    {
        var escalates = asked.OnExpiry == OnExpiry.Escalate;
        var due = (escalates ? escalatedAt : since) + asked.Expires;
        var holds = !IsOver && at >= due && then == (escalates ? OnExpiry.Fail : asked.OnExpiry ?? OnExpiry.Fail);
        (Decided, IsOver) = (then == OnExpiry.Approve ? true : null, true);
        return holds ? null : $"it expired at {at:O} as {then}, and was to at {due:O}";
    }
}
