using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Vocabulary.Sessions;

/// <summary>A session as its readers see it.</summary>
[GenerateSerializer, Immutable, Alias("session-view")]
public sealed record SessionView([property: Id(0)] SessionId Id, [property: Id(1)] Session Content);

/// <summary>A message as its readers see it.</summary>
/// <param name="Workflow">The workflow that answers it. There is none yet while it waits.</param>
/// <param name="Turn">What came of it; null before its end, and once it is no longer remembered.</param>
[GenerateSerializer, Immutable, Alias("session-message-view")]
public sealed record MessageView(
    [property: Id(0)] string Id,
    [property: Id(1)] long Number,
    [property: Id(2)] MessageState State,
    [property: Id(3)] WorkflowId Workflow,
    [property: Id(4)] SessionTurn? Turn = null);
