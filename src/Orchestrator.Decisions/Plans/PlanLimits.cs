namespace Orchestrator.Decisions.Plans;

/// <summary>What a plan may hold.</summary>
public static class PlanLimits
{
    /// <summary>Steps in a plan and all plans inside it together.</summary>
    public const int StepsMax = 10_000;

    /// <summary>Plans inside one another: sub-plans, fallbacks, fallbacks of steps. The outermost is the first.</summary>
    public const int NestingMax = 10;

    public const int InputsMax = 200;
    public const int AttemptsMax = 1_000;
    public const int ConcurrencyMax = 10_000;
    public const int IdLengthMax = 128;

    /// <summary>Persons that one approval names, those it is escalated to apart, and votes that it asks for.</summary>
    public const int ApproversMax = 100;
    public const int ApproverLengthMax = 128;

    /// <summary>Problems that are listed; the last one tells of the rest.</summary>
    public const int ProblemsMax = 100;

    public const double CoefficientMax = 100;

    /// <summary>The longest time any part of a plan may name.</summary>
    public static TimeSpan DurationMax { get; } = TimeSpan.FromDays(3_660);
}
