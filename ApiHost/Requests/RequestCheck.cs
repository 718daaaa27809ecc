using System.Globalization;
using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Problems;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Requests;

/// <summary>Reads the values of one request and collects everything that is wrong with them, so that a caller hears of it all at once.</summary>
internal sealed class RequestCheck
{
    public const int LimitMax = 200;
    public const int LimitDefault = 50;

    private readonly List<ProblemError> errors = [];

    /// <summary>How much is wrong so far.</summary>
    public int Count => errors.Count;

    /// <summary>What to answer; null when nothing was wrong.</summary>
    public ApiProblem? Problem => errors.Count == 0 ? null : ApiProblem.Of(
        "request.invalid",
        errors.Count == 1 ? errors[0].Detail : $"{errors.Count.ToString(CultureInfo.InvariantCulture)} values cannot be taken; the first: {errors[0].Detail}") with
    {
        Errors = [.. errors],
    };

    public void Parameter(string name, string detail) => errors.Add(new(detail, Parameter: name));

    public void Member(string pointer, string detail, string? suggestion = null) => errors.Add(new(detail, Pointer: pointer, Suggestion: suggestion));

    /// <summary>The name in the path is the name; one in the body says the same, or nothing.</summary>
    public void Name(string inPath, string? inBody)
    {
        if (inBody is not null && inBody != inPath)
        {
            Member("/name", $"The name in the path is '{Shown(inPath)}', found '{Shown(inBody)}'.");
        }
    }

    public int Limit(string? text)
    {
        if (text is null)
        {
            return LimitDefault;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= LimitMax)
        {
            return limit;
        }

        Parameter("limit", $"'limit' is a whole number from 1 to {LimitMax}, found '{Shown(text)}'.");
        return LimitDefault;
    }

    public long? Number(string name, string? text, long least)
    {
        if (text is null)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least)
        {
            return number;
        }

        Parameter(name, $"'{name}' is a whole number from {least.ToString(CultureInfo.InvariantCulture)} up, found '{Shown(text)}'.");
        return null;
    }

    public DateTimeOffset? Moment(string name, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (InstantJsonConverter.TryRead(text, out var moment))
        {
            return moment;
        }

        Parameter(name, $"'{name}' is a moment such as 2026-01-31T12:00:00.000Z, found '{Shown(text)}'.");
        return null;
    }

    /// <summary>Reads <c>timed_out</c> and the like. Several may stand in one text, parted by commas.</summary>
    public IEnumerable<TEnum> Names<TEnum>(string name, string? text)
        where TEnum : struct, Enum
    {
        foreach (var word in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (SnakeNames<TEnum>.ByName.TryGetValue(word, out var value))
            {
                yield return value;
                continue;
            }

            Parameter(name, $"'{name}' takes {string.Join(", ", SnakeNames<TEnum>.ByName.Keys)}, found '{Shown(word)}'.");
        }
    }

    public WorkflowId? Id(string pointer, string? text)
    {
        if (text is null)
        {
            return null;
        }

        // Dots alone are a place to a URL, not a name.
        if (WorkflowId.TryParse(text, out var id) && text.Any(char.IsAsciiLetterOrDigit))
        {
            return id;
        }

        Member(pointer, $"An id has 1 to {WorkflowId.LengthMax} letters, digits, '.', '_' and '-', not dots alone, found '{Shown(text)}'.");
        return null;
    }

    /// <summary>Part of what was sent, fit for a message: never long, never with control characters.</summary>
    public static string Shown(string text, int lengthMax = 60)
    {
        var cut = text.Length > lengthMax ? string.Concat(text.AsSpan(0, lengthMax), "…") : text;
        return string.Create(cut.Length, cut, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
            }
        });
    }

    private static class SnakeNames<TEnum>
        where TEnum : struct, Enum
    {
        public static Dictionary<string, TEnum> ByName { get; } = Enum.GetValues<TEnum>()
            .Where(value => Convert.ToInt32(value, CultureInfo.InvariantCulture) != 0)
            .ToDictionary(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), StringComparer.Ordinal);
    }
}
