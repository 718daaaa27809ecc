namespace Orchestrator.Adapters.Sqlite.Schema;

/// <summary>A file that this program must not use as its store. It stops the start; the file is as it was.</summary>
/// <param name="code"><c>store.foreign</c>, <c>store.newer</c>, <c>store.damaged</c>, <c>store.exists</c>, <c>store.in_use</c> or <c>store.missing</c>.</param>
public sealed class StoreRefusedException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
}
