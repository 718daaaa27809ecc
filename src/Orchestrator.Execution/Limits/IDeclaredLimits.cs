using System.Collections.Frozen;
using System.Collections.Immutable;
using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Execution.Limits;

/// <summary>The named limits this host declares. They never change while the process runs; one stored under the same name takes its place until it is removed.</summary>
public interface IDeclaredLimits
{
    ImmutableArray<Limit> All { get; }

    Limit? Find(string name);
}

/// <summary>Declared limits from a list.</summary>
public sealed class DeclaredLimits : IDeclaredLimits
{
    private readonly FrozenDictionary<string, Limit> byName;

    /// <exception cref="ArgumentException">A declaration breaks a rule, or two have one name; the message names the limit.</exception>
    public DeclaredLimits(IEnumerable<Limit> limits)
    {
        All = [.. limits.Select(LimitRules.Complete).OrderBy(limit => limit.Name, StringComparer.Ordinal)];
        foreach (var limit in All)
        {
            if (LimitRules.Check(limit) is { } refusal)
            {
                throw new ArgumentException($"Limit '{limit.Name}' is declared wrongly. {refusal.Message}", nameof(limits));
            }
        }

        byName = All.ToFrozenDictionary(limit => limit.Name, StringComparer.Ordinal);
    }

    public ImmutableArray<Limit> All { get; }

    public Limit? Find(string name) => byName.GetValueOrDefault(name);
}
