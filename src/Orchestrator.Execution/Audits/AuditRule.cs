namespace Orchestrator.Execution.Audits;

/// <summary>What must hold of every workflow that is kept. The names are those of the invariants in docs/architecture.md.</summary>
public enum AuditRule
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>The end is the end: a workflow whose events have ended it is ended as they say, and no other is.</summary>
    Final = 1,

    /// <summary>No gaps: its events are numbered 1 to the version of its row.</summary>
    Gaps = 2,

    /// <summary>Somebody wakes it: an unfinished workflow has a due time, or waits for a person.</summary>
    Waker = 3,

    /// <summary>One writer: the row is of the process that appended last, and that process has begun.</summary>
    Writer = 4,
}

public static class AuditRules
{
    /// <summary>As metrics and logs name it.</summary>
    public static string Word(this AuditRule rule) => rule switch
    {
        AuditRule.Final => "final",
        AuditRule.Gaps => "gaps",
        AuditRule.Waker => "waker",
        AuditRule.Writer => "writer",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "There is no such rule."),
    };
}
