using System.Collections.Frozen;
using System.Collections.Immutable;
using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Execution.Limits;

/// <summary>The named limits this host declares. They may change while the process runs; one stored under the same name takes its place until it is removed.</summary>
public interface IDeclaredLimits
{
    /// <summary>By name. Another array after each change.</summary>
    ImmutableArray<Limit> All { get; }

    Limit? Find(string name);
}

/// <summary>Declared limits from a list.</summary>
public sealed class DeclaredLimits : IDeclaredLimits
{
    private volatile Declared declared;

    /// <inheritdoc cref="Replace"/>
    public DeclaredLimits(IEnumerable<Limit> limits) => declared = new(limits);

    public ImmutableArray<Limit> All => declared.All;

    public Limit? Find(string name) => declared.ByName.GetValueOrDefault(name);

    /// <summary>Declares these limits and no others, from the next question on.</summary>
    /// <exception cref="ArgumentException">A declaration breaks a rule, or two have one name; the message names the limit. What was declared before stays.</exception>
    public void Replace(IEnumerable<Limit> limits) => declared = new(limits);

    private sealed class Declared
    {
        public Declared(IEnumerable<Limit> limits)
        {
            All = [.. limits.Select(LimitRules.Complete).OrderBy(limit => limit.Name, StringComparer.Ordinal)];
            foreach (var limit in All)
            {
                if (LimitRules.Check(limit) is { } refusal)
                {
                    throw new ArgumentException($"Limit '{limit.Name}' is declared wrongly. {refusal.Message}", nameof(limits));
                }
            }

            ByName = All.ToFrozenDictionary(limit => limit.Name, StringComparer.Ordinal);
        }

        public FrozenDictionary<string, Limit> ByName { get; }

        public ImmutableArray<Limit> All { get; }
    }
}
