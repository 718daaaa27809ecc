using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>Which agents exist, as one record: registrations are rare and reads go to the router's copies.</summary>
public sealed class AgentDirectoryGrain(
    [PersistentState("directory")] IPersistentState<StoredDirectory> stored, IDeclared<AgentRegistration> declared, IOptions<AgentGrainOptions> options)
    : Grain, IAgentDirectoryGrain
{
    private ImmutableArray<AgentRegistration> list;
    private ImmutableArray<AgentRegistration> declaredThen;

    public async Task<Refusal?> NoteAsync(AgentRegistration registration, CancellationToken cancellationToken = default)
    {
        var json = StoredAgent.Write(registration);
        var known = stored.State.Agents.GetValueOrDefault(registration.Name);
        if (known is null && stored.State.Agents.Count >= options.Value.RegisteredMax)
        {
            return new Refusal("agent.too_many", $"{stored.State.Agents.Count} agents are registered, which is as many as may be.");
        }

        if (known != json)
        {
            await StoreAsync(new(stored.State.Agents, StringComparer.Ordinal) { [registration.Name] = json });
        }

        return null;
    }

    public async Task ForgetAsync(string name, CancellationToken cancellationToken = default)
    {
        if (stored.State.Agents.ContainsKey(name))
        {
            var others = new Dictionary<string, string>(stored.State.Agents, StringComparer.Ordinal);
            others.Remove(name);
            await StoreAsync(others);
        }
    }

    public Task<ImmutableArray<AgentRegistration>> ListAsync(CancellationToken cancellationToken = default)
    {
        var declaredNow = declared.All;
        if (list.IsDefault || declaredNow != declaredThen)
        {
            list =
            [
                .. declaredNow.Where(agent => !stored.State.Agents.ContainsKey(agent.Name))
                    .Concat(stored.State.Agents.Values.Select(StoredAgent.Parse))
                    .OrderBy(agent => agent.Name, StringComparer.Ordinal),
            ];
            declaredThen = declaredNow;
        }

        return Task.FromResult(list);
    }

    private async Task StoreAsync(Dictionary<string, string> agents)
    {
        await stored.KeepAsync(new StoredDirectory { Agents = agents });

        list = default;
    }
}

/// <summary>The registered agents: name to declaration, as JSON (see <see cref="StoredAgent"/>).</summary>
[GenerateSerializer, Alias("stored-agent-directory")]
public sealed class StoredDirectory
{
    [Id(0)]
    public Dictionary<string, string> Agents { get; set; } = new(StringComparer.Ordinal);
}
