namespace Orchestrator.Execution.Stores;

/// <summary>A file or a database that this program must not use as its store. It stops the start; what is there is as it was.</summary>
/// <param name="code"><c>store.foreign</c>, <c>store.newer</c>, <c>store.damaged</c>, <c>store.exists</c>, <c>store.in_use</c>, <c>store.missing</c> or <c>store.unsafe</c>.</param>
public sealed class StoreRefusedException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
}
