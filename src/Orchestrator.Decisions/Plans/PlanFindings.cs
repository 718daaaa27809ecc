using System.Collections.Immutable;

namespace Orchestrator.Decisions.Plans;

/// <summary>Collects problems up to a bound, and guesses at what was meant up to another: a hostile plan must not buy unbounded work.</summary>
internal sealed class PlanFindings
{
    private const int GuessesMax = 20;

    private readonly ImmutableArray<PlanProblem>.Builder problems = ImmutableArray.CreateBuilder<PlanProblem>();
    private int unlisted;
    private int guesses;

    public void Add(string code, string pointer, string message, string? suggestion = null)
    {
        if (problems.Count >= PlanLimits.ProblemsMax)
        {
            unlisted++;
            return;
        }

        problems.Add(new PlanProblem(code, pointer, message, suggestion));
    }

    public string? Guess(string name, IEnumerable<string> known) => guesses++ < GuessesMax ? Spelling.Nearest(name, known) : null;

    public ImmutableArray<PlanProblem> ToImmutable()
    {
        if (unlisted > 0)
        {
            problems.Add(new PlanProblem(PlanProblemCodes.TooManyProblems, "", $"There are {unlisted} more problems than the {PlanLimits.ProblemsMax} listed."));
        }

        return problems.ToImmutable();
    }
}
