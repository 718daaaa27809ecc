namespace Orchestrator.Decisions.Plans;

/// <summary>The names plans, steps, agents, signals and inputs may have: they become part of paths, URLs, keys and log lines.</summary>
public static class PlanIds
{
    public const string Rule = "letters, digits, '_', '-' and '.', at most 128 of them";

    /// <summary>ASCII letters, digits, '_', '-' and '.', at most <see cref="PlanLimits.IdLengthMax"/>; not only dots, which mean folders elsewhere.</summary>
    public static bool IsValid(string? id)
    {
        if (id is not { Length: > 0 and <= PlanLimits.IdLengthMax })
        {
            return false;
        }

        var onlyDots = true;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
            {
                return false;
            }

            onlyDots &= c == '.';
        }

        return !onlyDots;
    }
}
