using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.MindMaps;

/// <summary>A thought and what branches off it.</summary>
internal sealed record MindMapNode(string Label, ImmutableArray<MindMapNode> Children)
{
    public static MindMapNode Leaf(string label) => new(label, []);

    public int Count => 1 + Children.Sum(child => child.Count);
}
