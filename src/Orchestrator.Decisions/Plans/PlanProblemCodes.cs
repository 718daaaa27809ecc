namespace Orchestrator.Decisions.Plans;

/// <summary>The codes of what can be wrong with a plan or its document. They never change their meaning.</summary>
public static class PlanProblemCodes
{
    /// <summary>The document is no JSON or YAML, or uses a part of YAML that plans may not.</summary>
    public const string Syntax = "plan.syntax";

    /// <summary>The document is larger, deeper or wider than a plan may be.</summary>
    public const string TooLarge = "plan.too_large";
    public const string DuplicateKey = "plan.duplicate_key";
    public const string UnknownField = "plan.unknown_field";
    public const string MissingField = "plan.missing_field";
    public const string WrongType = "plan.wrong_type";

    /// <summary>Two fields say different things about the same matter.</summary>
    public const string ConflictingFields = "plan.conflicting_fields";

    /// <summary>A number that is not finite, or not one JSON can hold.</summary>
    public const string BadNumber = "plan.bad_number";

    /// <summary>A default value names a file where files cannot be read, such as in a request.</summary>
    public const string FileNotAllowed = "plan.file_not_allowed";

    /// <summary>A default value names a file that cannot be read.</summary>
    public const string FileNotRead = "plan.file_not_read";
    public const string Empty = "plan.empty";
    public const string TooManySteps = "plan.too_many_steps";

    /// <summary>Plans inside plans go deeper than allowed.</summary>
    public const string TooDeep = "plan.too_deep";
    public const string BadId = "plan.bad_id";
    public const string DuplicateStep = "plan.duplicate_step";
    public const string UnknownDependency = "plan.unknown_dependency";
    public const string SelfDependency = "plan.self_dependency";
    public const string DuplicateDependency = "plan.duplicate_dependency";
    public const string Cycle = "plan.cycle";

    /// <summary>In a sequential plan, a dependency on a later step.</summary>
    public const string LaterDependency = "plan.later_dependency";

    /// <summary>An expression that cannot be read, or refers to what is not there or not yet done.</summary>
    public const string BadReference = "plan.bad_reference";
    public const string BadRetry = "plan.bad_retry";
    public const string BadTimeout = "plan.bad_timeout";
    public const string BadPriority = "plan.bad_priority";
    public const string BadForEach = "plan.bad_for_each";
    public const string BadLimit = "plan.bad_limit";
    public const string BadOnFailure = "plan.bad_on_failure";
    public const string BadCompensation = "plan.bad_compensation";
    public const string BadApproval = "plan.bad_approval";
    public const string BadInput = "plan.bad_input";

    /// <summary>A step says more than one thing it does.</summary>
    public const string AmbiguousWork = "plan.ambiguous_work";

    /// <summary>A step does not say what it does.</summary>
    public const string NoWork = "plan.no_work";

    /// <summary>There are more problems than are listed.</summary>
    public const string TooManyProblems = "plan.too_many_problems";
}
