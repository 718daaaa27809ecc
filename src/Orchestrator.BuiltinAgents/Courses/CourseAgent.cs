using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Courses;

/// <summary>Puts the parts of a course together into one.</summary>
/// <remarks>Only the lesson is needed. A part that some plan could do without, and which failed, is null, and the course is made without it.</remarks>
internal sealed class CourseAgent(BuiltinAgentOptions options) : IAgent
{
    private const int TitleLengthMax = 500;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "course_agent",
        "Assembles a finished course from its lesson, summary, key terms, quality, quiz, mind map and calendar.",
        Actions: ["assemble_course"],
        Keywords: ["course", "assemble", "lesson"],
        Input: """
            lesson: object — what content_ingestion_agent answers
            summary, keyTerms, quality, quiz, mindMap, calendar: object? — what the agents of these parts answer
            title: string = the lesson's
            """,
        Output: """
            title: string
            markdown: string — the course as one page
            chapters: integer — parts that are in it, the lesson included
            lesson, summary, keyTerms, quality, quiz, mindMap, calendar — the parts as they were given
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var givenTitle = input.OptionalText("title", TitleLengthMax);
        if (!input.Has("lesson"))
        {
            input.Complain("'lesson'", "the object that content_ingestion_agent answers", "nothing");
        }

        var parts = new CourseParts(
            input.Part<LessonPart>("lesson") ?? new LessonPart(null, null, null, null),
            input.Part<SummaryPart>("summary"),
            input.Part<KeyTermsPart>("keyTerms"),
            input.Part<QualityPart>("quality"),
            input.Part<QuizPart>("quiz"),
            input.Part<MindMapPart>("mindMap"),
            input.Part<CalendarPart>("calendar"));
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        if (string.IsNullOrWhiteSpace(parts.Lesson.Text) && parts.Lesson.Sections is null or { Count: 0 })
        {
            return new(AgentAnswer.Fail(AgentFailures.NothingToDo, "course_agent found neither text nor sections in 'lesson', so there is nothing to teach."));
        }

        var title = FirstOf(givenTitle, parts.Lesson.Title, "Course");
        JsonElement?[] given = [.. Names.Select(input.Find)];
        return new(AgentJson.Answer(new Output(
            title, CourseMarkdown.Write(title, parts), given.Count(part => part is not null),
            given[0], given[1], given[2], given[3], given[4], given[5], given[6])));
    }

    private static readonly string[] Names = ["lesson", "summary", "keyTerms", "quality", "quiz", "mindMap", "calendar"];

    private static string FirstOf(params ReadOnlySpan<string?> titles)
    {
        foreach (var title in titles)
        {
            if (!string.IsNullOrWhiteSpace(title))
            {
                return title.ReplaceLineEndings(" ").Trim();
            }
        }

        return "";
    }

    private sealed record Output(
        string Title, string Markdown, int Chapters, JsonElement? Lesson, JsonElement? Summary, JsonElement? KeyTerms, JsonElement? Quality,
        JsonElement? Quiz, JsonElement? MindMap, JsonElement? Calendar);
}
