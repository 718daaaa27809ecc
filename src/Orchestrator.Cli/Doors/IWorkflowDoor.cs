using Orchestrator.Cli.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Cli.Doors;

/// <summary>A way to workflows: the silo in this process, or a server.</summary>
internal interface IWorkflowDoor : IAsyncDisposable
{
    /// <summary>Names the door in messages: a folder, or an address.</summary>
    string Place { get; }

    /// <summary>The workflow goes on when this process ends.</summary>
    bool OutlivesUs { get; }

    /// <summary>Starts a workflow, durably, and gives its id.</summary>
    Task<string> StartAsync(Plan plan, Payload input, CancellationToken cancellationToken);

    /// <summary>Puts a file where workflows find it, durably, and gives its link.</summary>
    Task<Payload> PutFileAsync(FileInfo file, string contentType, CancellationToken cancellationToken);

    /// <summary>The workflow as the API gives it; null when there is none.</summary>
    Task<WorkflowDocument?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Completes when the workflow has events after <paramref name="version"/>, or after a while without any.</summary>
    Task WaitForChangeAsync(string id, long version, CancellationToken cancellationToken);

    /// <summary>One sentence on what the workflow waits for.</summary>
    Task<string?> ExplainAsync(string id, CancellationToken cancellationToken);

    /// <summary>A person's decision on a step that waits for one.</summary>
    Task DecideApprovalAsync(string id, string step, bool approved, CancellationToken cancellationToken);
}
