using Orchestrator.Decisions.Callbacks;

namespace Orchestrator.Execution.Callbacks;

/// <summary>Takes one callback to its receiver, signed. One call is one request: it never tries again.</summary>
public interface ICallbackSender
{
    /// <summary>Failures of the outside are outcomes, not exceptions.</summary>
    ValueTask<CallbackOutcome> SendAsync(CallbackMessage message, CancellationToken cancellationToken);
}

/// <param name="Id">The same at every try: what a receiver knows a repeated one by.</param>
/// <param name="Body">A CloudEvent as JSON.</param>
public sealed record CallbackMessage(string Url, string Id, ReadOnlyMemory<byte> Body, string? TraceParent);
