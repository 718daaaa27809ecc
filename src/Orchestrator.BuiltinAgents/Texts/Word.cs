namespace Orchestrator.BuiltinAgents.Texts;

/// <summary>A word where it stands in its text.</summary>
/// <param name="Text">As written.</param>
/// <param name="Lower">In small letters, for comparing.</param>
internal readonly record struct Word(int Start, string Text, string Lower)
{
    public int End => Start + Text.Length;

    public bool HasLetter => Text.Any(char.IsLetter) || Text.Any(char.IsSurrogate);
}
