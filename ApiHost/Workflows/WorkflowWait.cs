using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Events;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Holds a request until its workflow has ended, or patience has.</summary>
internal sealed class WorkflowWait(IGrainFactory grains, TimeProvider clock, IOptions<ApiOptions> options)
{
    private const int EventsPerWatch = 1_000;

    private int waiting;

    /// <summary>The next events, or none after <paramref name="patience"/>.</summary>
    public static Task<HistoryPage> WatchAsync(
        IWorkflowGrain workflow, long after, int limit, TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken) => Watch.OnceAsync(
        given => workflow.WatchAsync(after, limit, given, cancellationToken), static page => page.Entries.IsDefaultOrEmpty && !page.Finished, patience, clock, cancellationToken);

    /// <param name="after">The number of an event that has been seen; where waiting begins.</param>
    public async Task UntilEndAsync(WorkflowId id, long after, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref waiting) > options.Value.WaitersMax)
        {
            Interlocked.Decrement(ref waiting);
            return;
        }

        try
        {
            var workflow = grains.Workflow(id);
            var started = clock.GetTimestamp();
            for (var left = patience; left > TimeSpan.Zero; left = patience - clock.GetElapsedTime(started))
            {
                var page = await WatchAsync(workflow, after, EventsPerWatch, left, clock, cancellationToken);
                if (page.Finished || page.LastNumber == 0)
                {
                    return;
                }

                after = page.Entries.IsDefaultOrEmpty ? after : page.Entries[^1].Number;
            }
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }
}
