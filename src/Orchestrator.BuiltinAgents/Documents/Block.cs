namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>A heading or a paragraph of a document, without its markup.</summary>
/// <param name="HeadingLevel">1 to 6, or 0 for a paragraph.</param>
internal sealed record Block(int HeadingLevel, string Text);
