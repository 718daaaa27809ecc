using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Simulation.Checks;

/// <summary>What a checker has seen happen to one step.</summary>
internal sealed class StepFacts
{
    public int Generation { get; set; }

    public int Attempt { get; set; }

    public HashSet<(int Generation, int Attempt)> Begun { get; } = [];

    /// <summary>Since when the present attempt's timeout counts.</summary>
    public DateTimeOffset CountsFrom { get; set; }

    public bool IsOut { get; set; }

    /// <summary>Until when its agent, which has taken the present attempt on, is waited for.</summary>
    public DateTimeOffset? Deferred { get; set; }

    /// <summary>The process that owes the present attempt.</summary>
    public long Epoch { get; set; }

    /// <summary>Crashes in a row that the present attempt has seen.</summary>
    public int Crashes { get; set; }

    /// <summary>The attempt that has been scheduled, and when.</summary>
    public (int Attempt, DateTimeOffset Due)? Scheduled { get; set; }

    public bool RetriedByHand { get; set; }

    public Wait? Wait { get; set; }

    /// <summary>The question that persons are asked, or were last.</summary>
    public ApprovalFacts? Approval { get; set; }

    public StepStatus Final { get; set; }

    public DateTimeOffset FinalAt { get; set; }
}
