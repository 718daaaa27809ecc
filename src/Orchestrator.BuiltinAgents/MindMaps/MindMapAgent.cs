using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Documents;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.MindMaps;

/// <summary>Draws a mind map of a document.</summary>
internal sealed class MindMapAgent(BuiltinAgentOptions options) : IAgent
{
    // More branches than this no one reads, and no browser draws in good time.
    private const int SectionsMax = 100;
    private const int TitleLengthMax = 500;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "mindmap_agent",
        "Draws a mind map (Mermaid) of a document's headings and key terms, or of a text's concepts.",
        Actions: ["build_mindmap", "create_mindmap"],
        Keywords: ["mind map", "mindmap", "mermaid", "overview"],
        Input: """
            sections: [{ heading?, level, text }] — what content ingestion answers, at most 100
            text: string — instead of sections, also as `content`
            title: string = the first heading or the weightiest concept
            branches: integer = 6 — main branches of a text without sections, 1 to 20
            terms: integer = 4 — key terms at a branch, 0 to 12
            """,
        Output: "mermaid: string\nroot: { label, children: […] }\nnodeCount: integer");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var title = input.OptionalText("title", TitleLengthMax)?.Trim() is { Length: > 0 } given ? given : null;
        var sections = input.List("sections", (field, element) => SectionOf(input, field, element));
        var branches = input.Integer("branches", 6, min: 1, max: 20);
        var terms = input.Integer("terms", 4, min: 0, max: 12);
        if (sections.Length > SectionsMax)
        {
            input.Complain("'sections'", $"at most {SectionsMax} entries", $"{sections.Length}");
        }

        var text = sections.IsEmpty ? input.RequiredText("text", "content") : "";
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var root = sections.IsEmpty
            ? MindMapTree.OfText(title, text, branches, terms, cancellationToken)
            : MindMapTree.OfSections(title, sections, terms, cancellationToken);
        return new(AgentJson.Answer(new Output(MermaidMindMap.Write(root), Node.Of(root), root.Count)));
    }

    private static Section? SectionOf(AgentInput input, string field, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            input.Complain($"'{field}'", "an object with heading, level and text", AgentInput.Describe(element));
            return null;
        }

        var heading = AgentInput.Member(element, "heading") is { } named ? input.TextOf($"{field}.heading", named, TitleLengthMax) : null;
        var text = AgentInput.Member(element, "text") is { } written ? input.TextOf($"{field}.text", written, input.Options.TextLengthMax) : "";
        var level = AgentInput.Member(element, "level") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value is >= 0 and <= 6
            ? value
            : -1;
        if (level < 0)
        {
            input.Complain($"'{field}.level'", "a heading's level from 0 to 6", AgentInput.Member(element, "level") is { } found ? AgentInput.Describe(found) : "nothing");
            return null;
        }

        return text is null ? null : new Section(string.IsNullOrWhiteSpace(heading) ? null : heading, level, text);
    }

    private sealed record Node(string Label, ImmutableArray<Node>? Children)
    {
        public static Node Of(MindMapNode node) => new(node.Label, node.Children.IsEmpty ? null : [.. node.Children.Select(Of)]);
    }

    private sealed record Output(string Mermaid, Node Root, int NodeCount);
}
