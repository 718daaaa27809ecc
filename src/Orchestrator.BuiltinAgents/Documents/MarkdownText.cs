using System.Buffers;
using System.Collections.Immutable;
using Markdig;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>Reads the headings and paragraphs of CommonMark with pipe tables; a YAML front matter is left out.</summary>
/// <remarks>It goes by way of HTML, so that a page inside Markdown is read, and stripped, like any page.</remarks>
internal static class MarkdownText
{
    /// <summary>Characters in one paragraph that may open a link, a tag, emphasis or code. The parser's work can grow with the square of them.</summary>
    public const int OpenersMax = 5_000;

    private static readonly SearchValues<char> Openers = SearchValues.Create("[*_`<!");

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePipeTables().Build();

    /// <summary>The blocks, or null where the text nests deeper, or holds more markup in one paragraph, than the parsers are given.</summary>
    public static ImmutableArray<Block>? Read(string markdown)
    {
        if (IsOverloaded(markdown))
        {
            return null;
        }

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

    private static bool IsOverloaded(string markdown)
    {
        var openers = 0;
        foreach (var line in markdown.AsSpan().EnumerateLines())
        {
            openers = line.IsWhiteSpace() ? 0 : openers;
            for (var rest = line; rest.IndexOfAny(Openers) is >= 0 and var at; rest = rest[(at + 1)..])
            {
                openers++;
            }

            if (openers > OpenersMax)
            {
                return true;
            }
        }

        return false;
    }
}
