using Orchestrator.Execution.Agents;

namespace Orchestrator.Adapters.Agents.InProcess;

/// <summary>Where in-process agents do their work.</summary>
/// <remarks>An agent may compute for a second before its first await. It must not do so in the turn of the grain that asked it, or that grain hears nothing meanwhile.</remarks>
public interface IAgentExecutor
{
    Task<AgentAnswer> RunAsync(Func<ValueTask<AgentAnswer>> work);
}

/// <summary>On the thread pool.</summary>
public sealed class PoolAgentExecutor : IAgentExecutor
{
    public Task<AgentAnswer> RunAsync(Func<ValueTask<AgentAnswer>> work) => Task.Run(() => work().AsTask());
}

/// <summary>On the caller's own thread: for simulations, where nothing may leave it.</summary>
public sealed class InlineAgentExecutor : IAgentExecutor
{
    public async Task<AgentAnswer> RunAsync(Func<ValueTask<AgentAnswer>> work) => await work();
}
