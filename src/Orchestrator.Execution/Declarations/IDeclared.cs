using System.Collections.Immutable;

namespace Orchestrator.Execution.Declarations;

/// <summary>What this host declares of one kind: what ships with the product, and what its configuration adds.</summary>
/// <remarks>It may change while the process runs. What is stored under the same name takes a declared one's place until it is removed.</remarks>
public interface IDeclared<T>
    where T : class
{
    /// <summary>In the order in which they were declared. Another array after each change.</summary>
    ImmutableArray<T> All { get; }

    T? Find(string name);
}
