using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.ApiHost.Plans;

/// <summary>A plan that comes with the product: one with inputs, under a name.</summary>
public sealed record Template(string Name, Plan Plan);

/// <summary>The templates of this host. Whoever composes the host adds each as a service.</summary>
internal sealed class TemplateShelf(IEnumerable<Template> templates)
{
    public ImmutableArray<Template> All { get; } = [.. templates.OrderBy(template => template.Name, StringComparer.Ordinal)];

    public Template? Find(string name) => All.FirstOrDefault(template => template.Name == name);
}
