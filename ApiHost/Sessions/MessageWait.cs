using Orchestrator.ApiHost.Workflows;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.ApiHost.Sessions;

/// <summary>Holds a request until its message has been answered, or patience has an end.</summary>
internal sealed class MessageWait(IGrainFactory grains, WorkflowWait wait, TimeProvider clock)
{
    // For a message whose turn has not come, and where too many wait already to be told of ends: soon at first, then seldom.
    private static readonly TimeSpan LookFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookMax = TimeSpan.FromSeconds(1);

    /// <summary>The message at its end, or as it stands; null when the session does not know it.</summary>
    public async Task<MessageView?> UntilEndAsync(SessionId id, string message, TimeSpan patience, CancellationToken cancellationToken)
    {
        var session = grains.Session(id);
        var started = clock.GetTimestamp();
        for (var pause = LookFirst; ; pause = pause * 2 < LookMax ? pause * 2 : LookMax)
        {
            // The session would come to it by itself, a moment later.
            await session.PursueAsync(cancellationToken);
            var view = await session.GetMessageAsync(message, cancellationToken);
            var left = patience - clock.GetElapsedTime(started);
            if (view is null || view.State >= MessageState.Answered || left <= TimeSpan.Zero)
            {
                return view;
            }

            var before = clock.GetTimestamp();
            if (view.State == MessageState.Running)
            {
                await wait.UntilEndAsync(view.Workflow, after: 0, left, cancellationToken);
                await session.PursueAsync(cancellationToken);
            }

            if (clock.GetElapsedTime(before) < LookFirst && await session.GetMessageAsync(message, cancellationToken) is { State: < MessageState.Answered })
            {
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }
}
