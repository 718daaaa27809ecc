namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>Whether a learner has a skill, as far as her answers tell.</summary>
/// <param name="Known">The probability that she has it, what she may have learned from the newest answer included.</param>
/// <param name="WrongInARow">Wrong answers since the newest right one.</param>
/// <remarks>
/// Bayesian knowledge tracing: Corbett and Anderson, "Knowledge tracing: modeling the acquisition of procedural knowledge", User Modeling and User-Adapted Interaction 4, 1995.
/// The four parameters are in the range they report and the same for every skill, because nothing here was fitted to answers; a guess among options is right by its share.
/// </remarks>
internal sealed record KnowledgeTracing(double Known, int Answers, int Right, int WrongInARow)
{
    /// <summary>From here on a skill counts as mastered, as in the paper.</summary>
    public const double Mastery = 0.95;

    public const double KnownBefore = 0.3;
    private const double Learned = 0.15;
    private const double Slip = 0.1;
    private const double GuessOpen = 0.1;
    private const double KnownMin = 0.001;
    private const double KnownMax = 0.999;

    public static KnowledgeTracing New { get; } = new(KnownBefore, 0, 0, 0);

    public bool IsMastered => Known >= Mastery;

    public KnowledgeTracing Checked() => new(Math.Clamp(Known, KnownMin, KnownMax), Math.Max(0, Answers), Math.Max(0, Right), Math.Max(0, WrongInARow));

    /// <summary>The belief after an answer, and how sure the answer is to mean what it seems to: that the skill is there, or that it is not.</summary>
    public (KnowledgeTracing Next, double Sure) After(Item item, bool correct)
    {
        var guess = item.Options.IsEmpty ? GuessOpen : 1.0 / item.Options.Length;
        var knew = correct
            ? Known * (1 - Slip) / ((Known * (1 - Slip)) + ((1 - Known) * guess))
            : Known * Slip / ((Known * Slip) + ((1 - Known) * (1 - guess)));
        var next = new KnowledgeTracing(knew + ((1 - knew) * Learned), Answers + 1, Right + (correct ? 1 : 0), correct ? 0 : WrongInARow + 1);
        return (next.Checked(), correct ? knew : 1 - knew);
    }
}
