using System.Runtime.CompilerServices;
using Orchestrator.Cli.Workflows;

namespace Orchestrator.Cli.Doors;

internal static class WorkflowWatching
{
    /// <summary>The workflow as it stands, and again after every change, until it has ended.</summary>
    /// <exception cref="CommandFailedException">There is no such workflow.</exception>
    public static async IAsyncEnumerable<WorkflowDocument> WatchAsync(
        this IWorkflowDoor door, string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var workflow = await door.GetAsync(id, cancellationToken);
            yield return workflow;
            if (workflow.IsFinal)
            {
                yield break;
            }

            await door.WaitForChangeAsync(id, workflow.Version, cancellationToken);
        }
    }

    /// <exception cref="CommandFailedException">There is no such workflow.</exception>
    public static async Task<WorkflowDocument> GetAsync(this IWorkflowDoor door, string id, CancellationToken cancellationToken) =>
        await door.FindAsync(id, cancellationToken)
        ?? throw new CommandFailedException(ExitCode.NotFound, $"There is no workflow {id} at {door.Place}.");
}
