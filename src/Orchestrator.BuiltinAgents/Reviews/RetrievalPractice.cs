using Orchestrator.BuiltinAgents.Assessments;

namespace Orchestrator.BuiltinAgents.Reviews;

/// <summary>What a learner does at a review: recalls, instead of reading again, and each time with less help.</summary>
/// <remarks>
/// Roediger and Karpicke, "Test-enhanced learning", Psychological Science 17, 2006: recalling keeps better than rereading. Cues fade from review to review, as
/// Finley, Benjamin, Hays, Bjork and Kornell, "Benefits of accumulating versus diminishing cues in recall", Journal of Memory and Language 64, 2011, found to help.
/// </remarks>
internal static class RetrievalPractice
{
    public static (string Activity, string Prompt) For(StudyItem item, int review) => (review, GapOf(item)) switch
    {
        (0, _) => ("study", item.Sentence is { } sentence ? $"Read: {sentence} Then say in your own words what “{item.Term}” means." : $"Look up “{item.Term}” and say in your own words what it means."),
        (1, { } gap) => ("cued_recall", $"Fill the gap ({item.Term.Length} characters, begins with “{Start(item.Term)}”): {gap}"),
        (1, null) => ("cued_recall", $"What is “{item.Term}”? Answer in one sentence, then compare with the text."),
        (2, { } gap) => ("recall", $"Fill the gap: {gap}"),
        (2, null) => ("recall", $"Define “{item.Term}” without looking, then compare with the text."),
        (3, _) => ("free_recall", $"Write down all you remember about “{item.Term}”, then check what is missing."),
        _ => ("explain", $"Explain to someone else how “{item.Term}” works with the other terms of today, with an example of your own."),
    };

    private static string Start(string term) => char.IsHighSurrogate(term[0]) && term.Length > 1 ? term[..2] : term[..1];

    private static string? GapOf(StudyItem item)
    {
        var at = item.Sentence?.IndexOf(item.Term, StringComparison.OrdinalIgnoreCase) ?? -1;
        return at < 0 ? null : string.Concat(item.Sentence.AsSpan(0, at), Question.Gap, item.Sentence.AsSpan(at + item.Term.Length));
    }
}
