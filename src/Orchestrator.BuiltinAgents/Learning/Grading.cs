using System.Globalization;
using System.Text;

namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>Compares answers as a patient teacher would: numbers by value, words without regard to case, spaces and the full stop.</summary>
internal static class Grading
{
    // A number that was worked out in decimals, such as 0.333 for 1/3, is the same to three places.
    private const double Tolerance = 0.0005;

    public static bool IsRight(Item item, string answer) => item.Options.IsEmpty
        ? item.Answers.Any(right => Same(right, answer))
        // Among options 2/4 and 1/2 are two: which one was meant is read off the words.
        : item.Answers.Any(right => Plain(right) == Plain(answer));

    public static bool Same(string one, string other) =>
        Number(one) is { } left && Number(other) is { } right ? Math.Abs(left - right) <= Tolerance : Plain(one) == Plain(other);

    private static double? Number(string text)
    {
        var plain = Plain(text).TrimEnd('%', '€', '$').Replace('−', '-').Replace(',', '.');
        if (double.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        var parts = plain.Split('/');
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var above)
            && double.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var below) && below > 0
                ? above / below
                : null;
    }

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Trim().TrimEnd('.', '!'))
        {
            if (!char.IsWhiteSpace(c))
            {
                plain.Append(char.ToLowerInvariant(c));
            }
        }

        return plain.ToString();
    }
}
