using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>A part of a document under one heading.</summary>
/// <param name="Heading">Null for what stands before the first heading.</param>
/// <param name="Level">1 to 6, or 0 before the first heading.</param>
/// <param name="Text">The section's paragraphs with an empty line between them.</param>
internal sealed record Section(string? Heading, int Level, string Text);

/// <summary>A document read: its sections, and its running text.</summary>
internal sealed record Document(string? Title, ImmutableArray<Section> Sections, int ParagraphCount)
{
    private const string ParagraphBreak = "\n\n";

    /// <summary>The paragraphs without the headings, which are no sentences; the headings alone where there is nothing else.</summary>
    public string Text => string.Join(
        ParagraphBreak,
        ParagraphCount > 0
            ? Sections.Select(section => section.Text).Where(text => text.Length > 0)
            : Sections.Select(section => section.Heading ?? "").Where(heading => heading.Length > 0));

    /// <param name="title">What is known from elsewhere; else the first heading of the highest level is the title.</param>
    public static Document Of(string? title, ImmutableArray<Block> blocks)
    {
        var sections = ImmutableArray.CreateBuilder<Section>();
        var paragraphs = new List<string>();
        string? heading = null;
        var level = 0;
        foreach (var block in blocks)
        {
            if (block.HeadingLevel == 0)
            {
                paragraphs.Add(block.Text);
                continue;
            }

            Close();
            (heading, level) = (block.Text, block.HeadingLevel);
        }

        Close();
        return new Document(
            title ?? blocks.Where(block => block.HeadingLevel > 0).MinBy(block => block.HeadingLevel)?.Text,
            sections.DrainToImmutable(),
            blocks.Count(block => block.HeadingLevel == 0));

        void Close()
        {
            if (heading is not null || paragraphs.Count > 0)
            {
                sections.Add(new Section(heading, level, string.Join(ParagraphBreak, paragraphs)));
                paragraphs.Clear();
            }
        }
    }
}
