using Microsoft.Extensions.Options;
using Orchestrator.Grains.Agents;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Makes a call of this process's own again when Orleans gave up delivering it. Nobody carried it out, so any call may be repeated.</summary>
/// <remarks>
/// A workflow with nothing to do gives its memory back; calls that reach it meanwhile are sent on, and in a burst to one workflow some are sent on too often.
/// Front ends have <see cref="RepeatedCalls"/>; calls that one grain makes to another heal in their own ways.
/// </remarks>
internal sealed class RejectedCalls(IOptions<ClusterOptions> options, TimeProvider clock, Random random) : IOutgoingGrainCallFilter
{
    private static readonly TimeSpan RestFirst = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RestMax = TimeSpan.FromMilliseconds(500);

    public Task Invoke(IOutgoingGrainCallContext context) =>
        context.Request.GetInterfaceType().Assembly == typeof(IAgentGrain).Assembly && (context.SourceContext is not { } source || source.GrainId.IsClient())
            ? InvokeAsync(context)
            : context.Invoke();

    private async Task InvokeAsync(IOutgoingGrainCallContext context)
    {
        var began = clock.GetTimestamp();
        var cancellationToken = context.Request.GetCancellationToken();
        for (var rest = RestFirst; await IsRejectedAsync(context, last: clock.GetElapsedTime(began) + rest > options.Value.RepeatPatience); rest = rest * 2 < RestMax ? rest * 2 : RestMax)
        {
            // The calls of a burst were rejected at the same moment; they do not all come back at the same moment.
            await Task.Delay(rest * (0.5 + random.NextDouble()), clock, cancellationToken);
        }
    }

    /// <param name="last">Whether a rejection is the answer: no time is left for another try.</param>
    private static async Task<bool> IsRejectedAsync(IOutgoingGrainCallContext context, bool last)
    {
        try
        {
            context.Response = null;
            await context.Invoke();
            return !last && context.Response?.Exception is OrleansMessageRejectionException;
        }
        catch (OrleansMessageRejectionException) when (!last)
        {
            return true;
        }
    }
}
