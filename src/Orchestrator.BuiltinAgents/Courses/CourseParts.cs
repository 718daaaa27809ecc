namespace Orchestrator.BuiltinAgents.Courses;

/// <summary>The parts of a course, as far as the course reads them: what the agents that make them answer. Any of their members may be absent.</summary>
internal sealed record CourseParts(
    LessonPart Lesson, SummaryPart? Summary, KeyTermsPart? KeyTerms, QualityPart? Quality, QuizPart? Quiz, MindMapPart? MindMap, CalendarPart? Calendar);

internal sealed record LessonPart(string? Title, string? Text, IReadOnlyList<LessonSection?>? Sections, int? WordCount);

internal sealed record LessonSection(string? Heading, string? Text);

internal sealed record SummaryPart(string? Summary);

internal sealed record KeyTermsPart(IReadOnlyList<KeyTermEntry?>? Terms);

internal sealed record KeyTermEntry(string? Term, string? Sentence);

internal sealed record QualityPart(string? Verdict, string? Band, QualityGrades? Readability, IReadOnlyList<QualitySuggestion?>? Suggestions);

internal sealed record QualityGrades(double? FleschReadingEase, double? FleschKincaidGrade);

internal sealed record QualitySuggestion(string? Message);

internal sealed record QuizPart(IReadOnlyList<QuizQuestion?>? Questions, IReadOnlyList<QuizAnswer?>? AnswerKey);

internal sealed record QuizQuestion(string? Id, string? Prompt, IReadOnlyList<string?>? Options);

internal sealed record QuizAnswer(string? Id, string? Answer, string? Option);

internal sealed record MindMapPart(string? Mermaid);

internal sealed record CalendarPart(IReadOnlyList<CalendarDay?>? Calendar);

internal sealed record CalendarDay(string? Date, IReadOnlyList<CalendarSession?>? Sessions);

internal sealed record CalendarSession(string? Term, int? Review);
