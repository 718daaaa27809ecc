using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Orchestrator.BuiltinAgents.Assessments;

namespace Orchestrator.BuiltinAgents.Courses;

/// <summary>Writes a course as one Markdown page. A part that is absent, or has nothing in it, has no chapter.</summary>
internal static partial class CourseMarkdown
{
    /// <summary>Fits the study calendar on a page; the whole of it stands in the course's data.</summary>
    private const int CalendarDaysShown = 14;

    private static readonly string EscapedGap = string.Concat(Question.Gap.Select(character => $@"\{character}"));

    public static string Write(string title, CourseParts parts)
    {
        var page = new StringBuilder($"# {Plain(title)}\n");
        WriteFacts(page, parts);
        WriteText(page, "In short", parts.Summary?.Summary);
        WriteTerms(page, Present(parts.KeyTerms?.Terms));
        WriteLesson(page, title, parts.Lesson);
        WriteMindMap(page, parts.MindMap?.Mermaid);
        WriteQuestions(page, Present(parts.Quiz?.Questions));
        WriteCalendar(page, Present(parts.Calendar?.Calendar));
        WriteAnswers(page, Present(parts.Quiz?.Questions), Present(parts.Quiz?.AnswerKey));
        WriteAdvice(page, Present(parts.Quality?.Suggestions));
        return page.ToString();
    }

    private static void WriteFacts(StringBuilder page, CourseParts parts)
    {
        var facts = new List<string>();
        if (parts.Lesson.WordCount is { } words)
        {
            facts.Add(string.Create(CultureInfo.InvariantCulture, $"{words} words"));
        }

        if (parts.Quality is { Band: { } band, Readability.FleschKincaidGrade: { } grade })
        {
            facts.Add(string.Create(CultureInfo.InvariantCulture, $"{Plain(band)} to read (grade {Math.Max(0, grade):0.#})"));
        }

        if (facts.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n*{string.Join(" · ", facts)}*\n");
        }
    }

    private static void WriteText(StringBuilder page, string chapter, string? text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {chapter}\n\n{Plain(text)}\n");
        }
    }

    private static void WriteTerms(StringBuilder page, List<KeyTermEntry> terms)
    {
        if (terms.Count == 0)
        {
            return;
        }

        page.Append("\n## Key terms\n\n");
        foreach (var entry in terms.Where(entry => entry.Term is not null))
        {
            page.Append(CultureInfo.InvariantCulture, $"- **{Plain(entry.Term!)}**{(entry.Sentence is { } sentence ? $": {Plain(sentence)}" : "")}\n");
        }
    }

    private static void WriteLesson(StringBuilder page, string title, LessonPart lesson)
    {
        page.Append("\n## The lesson\n");
        var sections = Present(lesson.Sections);
        if (sections.Count == 0)
        {
            page.Append('\n').Append(Paragraphs(lesson.Text ?? "")).Append('\n');
        }

        foreach (var section in sections)
        {
            if (section.Heading is { } heading && heading != title)
            {
                page.Append(CultureInfo.InvariantCulture, $"\n### {Plain(heading)}\n");
            }

            if (!string.IsNullOrWhiteSpace(section.Text))
            {
                page.Append('\n').Append(Paragraphs(section.Text)).Append('\n');
            }
        }
    }

    private static void WriteMindMap(StringBuilder page, string? mermaid)
    {
        if (string.IsNullOrWhiteSpace(mermaid))
        {
            return;
        }

        // A fence longer than any in the text cannot be closed by it.
        var fence = new string('`', Math.Max(3, LongestOf(Backticks().EnumerateMatches(mermaid)) + 1));
        page.Append(CultureInfo.InvariantCulture, $"\n## Mind map\n\n{fence}mermaid\n{mermaid.TrimEnd()}\n{fence}\n");
    }

    private static int LongestOf(Regex.ValueMatchEnumerator runs)
    {
        var longest = 0;
        foreach (var run in runs)
        {
            longest = Math.Max(longest, run.Length);
        }

        return longest;
    }

    private static void WriteQuestions(StringBuilder page, List<QuizQuestion> questions)
    {
        if (questions.Count == 0)
        {
            return;
        }

        page.Append("\n## Check yourself\n");
        for (var index = 0; index < questions.Count; index++)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n{index + 1}. {Prompt(questions[index].Prompt ?? "")}\n");
            var letter = 'A';
            foreach (var option in Present(questions[index].Options))
            {
                page.Append(CultureInfo.InvariantCulture, $"   - {letter++}) {Plain(option)}\n");
            }
        }
    }

    private static void WriteCalendar(StringBuilder page, List<CalendarDay> days)
    {
        if (days.Count == 0)
        {
            return;
        }

        page.Append("\n## Study calendar\n\n| Day | Study and review |\n|---|---|\n");
        foreach (var day in days.Take(CalendarDaysShown))
        {
            var sessions = Present(day.Sessions).Select(session => session.Review is > 0 ? $"{Plain(session.Term ?? "")} (review {session.Review})" : $"{Plain(session.Term ?? "")} (new)");
            page.Append(CultureInfo.InvariantCulture, $"| {Plain(day.Date ?? "")} | {string.Join(", ", sessions)} |\n");
        }

        if (days.Count > CalendarDaysShown)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n… and {days.Count - CalendarDaysShown} days more, the last on {Plain(days[^1].Date ?? "")}.\n");
        }
    }

    private static void WriteAnswers(StringBuilder page, List<QuizQuestion> questions, List<QuizAnswer> answers)
    {
        var byId = answers.Where(answer => answer.Id is not null).ToLookup(answer => answer.Id, StringComparer.Ordinal);
        if (questions.Count == 0 || answers.Count == 0)
        {
            return;
        }

        page.Append("\n## Answers\n\n");
        for (var index = 0; index < questions.Count; index++)
        {
            var answer = byId[questions[index].Id].FirstOrDefault();
            page.Append(CultureInfo.InvariantCulture, $"{index + 1}. {(answer?.Option is { } option ? $"{Plain(option)}) " : "")}{Plain(answer?.Answer ?? "no answer given")}\n");
        }
    }

    private static void WriteAdvice(StringBuilder page, List<QualitySuggestion> suggestions)
    {
        if (suggestions.Count == 0)
        {
            return;
        }

        page.Append("\n## For the author\n\n");
        foreach (var suggestion in suggestions.Where(suggestion => suggestion.Message is not null))
        {
            page.Append(CultureInfo.InvariantCulture, $"- {Plain(suggestion.Message!)}\n");
        }
    }

    private static string Paragraphs(string text) =>
        string.Join("\n\n", text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Plain));

    /// <summary>Text that stays text: on one line, with a backslash before whatever Markdown or HTML would read as its own.</summary>
    private static string Plain(string text) =>
        LeadingMarker().Replace(MarkdownCharacters().Replace(text.ReplaceLineEndings(" ").Trim(), @"\$0"), @"$1\");

    // One gap alone means nothing to Markdown, and is easier on the eye than ten backslashes.
    private static string Prompt(string text) => Plain(text).Replace(EscapedGap, Question.Gap, StringComparison.Ordinal);

    private static List<T> Present<T>(IEnumerable<T?>? items)
        where T : class => items is null ? [] : [.. items.OfType<T>()];

    [GeneratedRegex(@"[\\`*_{}\[\]<>#|~&$]", RegexOptions.CultureInvariant)]
    private static partial Regex MarkdownCharacters();

    // "1. ", "- " and "+ " at the start of a line make lists.
    [GeneratedRegex(@"^(?:([0-9]{1,9})(?=[.)])|(?=[-+=]))", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingMarker();

    [GeneratedRegex("`+", RegexOptions.CultureInvariant)]
    private static partial Regex Backticks();
}
