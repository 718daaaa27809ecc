using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Assessments;

/// <summary>A question about a text, with its answer.</summary>
/// <param name="Prompt">A sentence of the text with the answer taken out.</param>
/// <param name="Options">What to choose from, the answer among it; empty for a gap to fill in freely.</param>
/// <param name="Sentence">The sentence as it stands in the text.</param>
internal sealed record Question(string Prompt, ImmutableArray<string> Options, string Answer, string Sentence)
{
    public const string Gap = "_____";

    public bool IsMultipleChoice => !Options.IsEmpty;
}
