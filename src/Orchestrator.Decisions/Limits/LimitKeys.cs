using System.Collections.Immutable;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Decisions.Limits;

/// <summary>What a limit may know of a call to find its key.</summary>
/// <param name="Key">What the step said; null when it said nothing.</param>
public sealed record LimitFacts(string Workflow, string Plan, string Agent, ImmutableSortedDictionary<string, string>? Tags = null, string? Key = null);

/// <summary>Whose share a call uses, and of which capacity.</summary>
public static class LimitKeys
{
    public const int LengthMax = 256;
    private const string TagPrefix = "tag:";

    /// <summary>The key of a call. A workflow without the tag that a limit asks for has the empty key, which is a key like any other.</summary>
    public static string Of(Limit limit, LimitFacts facts)
    {
        var key = facts.Key ?? limit.KeyFrom switch
        {
            "plan" => facts.Plan,
            "agent" => facts.Agent,
            _ when limit.KeyFrom.StartsWith(TagPrefix, StringComparison.Ordinal) => facts.Tags?.GetValueOrDefault(limit.KeyFrom[TagPrefix.Length..]) ?? "",
            _ => facts.Workflow,
        };
        return key.Length <= LengthMax ? key : key[..LengthMax];
    }

    public static string PoolOf(Limit limit, LimitFacts facts) => limit.Scope switch
    {
        LimitScope.Agent => facts.Agent,
        LimitScope.Plan => facts.Plan,
        LimitScope.Key => Of(limit, facts),
        _ => "",
    };

    public static bool IsSource(string source) =>
        source is "workflow" or "plan" or "agent" || (source.StartsWith(TagPrefix, StringComparison.Ordinal) && source.Length > TagPrefix.Length && source.Length <= LengthMax);

    /// <summary>How a wait names the limit and the key: <c>name/key</c>. No agent is called so, because names have no slash.</summary>
    public static string Shown(string limit, string key) => limit + "/" + key;
}
