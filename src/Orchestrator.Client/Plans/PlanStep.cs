namespace Orchestrator.Client.Plans;

/// <summary>A step of a plan that is being defined.</summary>
public interface IPlanStep
{
    string Id { get; }
}

/// <summary>A step, and the type of what it gives.</summary>
public sealed class PlanStep<TOutput> : IPlanStep
{
    internal PlanStep(string id) => Id = id;

    public string Id { get; }

    /// <summary>Stands for the output in the expressions of later steps. There is no value while the plan is being defined.</summary>
    /// <exception cref="InvalidOperationException">Always: the expression is read, never run.</exception>
    public TOutput Output => throw PlanReference.Misused($"The output of step '{Id}'");
}

/// <summary>A person's decision.</summary>
public sealed record Decision(bool Approved, string? By, string? Reason);
