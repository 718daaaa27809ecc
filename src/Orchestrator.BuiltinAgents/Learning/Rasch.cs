namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>What is believed of a learner's ability in a subject: a normal distribution on the scale on which items lie.</summary>
/// <param name="Theta">Its mean, in logits.</param>
/// <param name="Variance">How unsure that is; it shrinks with each answer, and faster the closer an item is to the ability.</param>
/// <param name="Answers">Answers it was made of.</param>
/// <remarks>
/// The model is Rasch's, "Probabilistic models for some intelligence and attainment tests", 1960: the odds of a right answer are e to the ability less the difficulty.
/// After each answer the belief is the normal distribution at the mode of the posterior (Laplace's approximation), so that all that has to be kept is two numbers; the
/// idea of going on from a normal posterior is Owen's, "A Bayesian sequential procedure for quantal response in the context of adaptive mental testing", JASA 70, 1975.
/// </remarks>
internal sealed record Rasch(double Theta, double Variance, int Answers)
{
    // Beyond six logits a right answer is sure or hopeless to 1 in 400, and no item lies there.
    private const double ThetaMax = 6;
    private const double VarianceMin = 0.02;
    private const double VarianceMax = 4;
    private const int StepsMax = 50;
    private const double StepMin = 1e-9;

    public double StandardError => Math.Sqrt(Variance);

    /// <summary>Before any answer: the level of the grade, give or take one logit.</summary>
    public static Rasch At(int? gradeLevel) => new(Item.LevelOf(gradeLevel), 1, 0);

    /// <summary>The same, with what cannot be put right: what comes back to us was in other hands.</summary>
    public Rasch Checked() => new(Math.Clamp(Theta, -ThetaMax, ThetaMax), Math.Clamp(Variance, VarianceMin, VarianceMax), Math.Max(0, Answers));

    public double Chance(double location) => 1 / (1 + Math.Exp(location - Theta));

    /// <summary>How much an answer to an item there would tell: Fisher's information, greatest where right and wrong are equally likely.</summary>
    public double Information(double location) => Chance(location) * (1 - Chance(location));

    public Rasch After(double location, bool correct)
    {
        // The log posterior is concave, and from its mean Newton's steps, kept within a logit, cannot miss the one mode.
        var theta = Theta;
        for (var step = 0; step < StepsMax; step++)
        {
            var chance = 1 / (1 + Math.Exp(location - theta));
            var slope = (correct ? 1 - chance : -chance) - ((theta - Theta) / Variance);
            var move = Math.Clamp(slope / ((chance * (1 - chance)) + (1 / Variance)), -1, 1);
            theta += move;
            if (Math.Abs(move) < StepMin)
            {
                break;
            }
        }

        var there = 1 / (1 + Math.Exp(location - theta));
        return new Rasch(theta, 1 / ((1 / Variance) + (there * (1 - there))), Answers + 1).Checked();
    }
}
