using System.Collections.Immutable;
using Markdig;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>Reads the headings and paragraphs of CommonMark with pipe tables; a YAML front matter is left out.</summary>
/// <remarks>It goes by way of HTML, so that a page inside Markdown is read, and stripped, like any page.</remarks>
internal static class MarkdownText
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePipeTables().Build();

    /// <summary>The blocks, or null where the text nests deeper than the parsers go.</summary>
    public static ImmutableArray<Block>? Read(string markdown)
    {
        try
        {
            var html = Markdown.ToHtml(markdown, Pipeline);
            return HtmlText.IsTooDeep(html) ? null : HtmlText.Read(html).Blocks;
        }
        catch (ArgumentException exception) when (exception.Message.Contains("nested", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
