using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Grains.Limits;

/// <summary>Which limits there are, as one record: changes are rare.</summary>
public sealed class LimitDirectoryGrain(
    [PersistentState("limits")] IPersistentState<StoredLimitNames> stored, IEnumerable<IDeclared<Limit>> declared, IOptions<LimitGrainOptions> options) : Grain, ILimitDirectoryGrain
{
    public async Task<Refusal?> NoteAsync(string name, CancellationToken cancellationToken = default)
    {
        if (stored.State.Names.Contains(name))
        {
            return null;
        }

        if (stored.State.Names.Count >= options.Value.StoredMax)
        {
            return new Refusal("limit.too_many", $"{stored.State.Names.Count} limits are stored, which is as many as may be.");
        }

        await StoreAsync([.. stored.State.Names, name]);
        return null;
    }

    public async Task ForgetAsync(string name, CancellationToken cancellationToken = default)
    {
        if (stored.State.Names.Contains(name))
        {
            await StoreAsync([.. stored.State.Names.Where(other => other != name)]);
        }
    }

    public Task<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult<ImmutableArray<string>>(
        [.. (declared.LastOrDefault()?.All ?? []).Select(limit => limit.Name).Union(stored.State.Names, StringComparer.Ordinal).Order(StringComparer.Ordinal)]);

    private Task StoreAsync(List<string> names) => stored.KeepAsync(new StoredLimitNames { Names = names });
}

/// <summary>The names of stored limits, in the order in which they came.</summary>
[GenerateSerializer, Alias("stored-limit-names")]
public sealed class StoredLimitNames
{
    [Id(0)]
    public List<string> Names { get; set; } = [];
}
