using Microsoft.Extensions.Options;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Plans;
using Orchestrator.SiloHosting.Cluster;
using Orleans.Runtime.Messaging;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Makes a front end's call again when its silo went away, so that callers seldom notice.</summary>
/// <remarks>
/// A call without an answer may have been carried out. Calls to workflows are safe to make twice; of the others, those whose second answer would differ
/// from the first are made again only where it is sure that nobody carried them out.
/// </remarks>
internal sealed class RepeatedCalls(ClusterConnection connection, IOptions<ClusterOptions> options, TimeProvider clock, Random random) : IOutgoingGrainCallFilter
{
    private static readonly TimeSpan RestFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(1);

    /// <summary>Whoever did these and asks again is told that somebody did them.</summary>
    private static readonly HashSet<string> OnlyOnce = new(StringComparer.Ordinal)
    {
        nameof(IAgentGrain.RegisterAsync), nameof(IAgentGrain.RemoveAsync), nameof(IPlanCatalogGrain.DefineAsync),
    };

    public Task Invoke(IOutgoingGrainCallContext context) =>

        // What Orleans asks for itself, such as which grains there are, it asks again by itself; before the cluster is found too.
        context.Request.GetInterfaceType().Assembly == typeof(IAgentGrain).Assembly ? InvokeAsync(context) : context.Invoke();

    private async Task InvokeAsync(IOutgoingGrainCallContext context)
    {
        var began = clock.GetTimestamp();
        var cancellationToken = context.Request.GetCancellationToken();
        for (var rest = RestFirst; ; rest = rest * 2 < RestMax ? rest * 2 : RestMax)
        {
            var cause = await TryAsync(context);
            if (cause is null)
            {
                return;
            }

            var mayBeDone = cause is TimeoutException or SiloUnavailableException;
            if (clock.GetElapsedTime(began) + rest > options.Value.RepeatPatience || (mayBeDone && OnlyOnce.Contains(context.MethodName)))
            {
                throw new ClusterAwayException(mayBeDone, cause);
            }

            // Many calls lose their silo at the same moment; they do not all come back at the same moment.
            await Task.Delay(rest * (0.5 + random.NextDouble()), clock, cancellationToken);
        }
    }

    /// <returns>Why the cluster gave no answer; null when it gave one, be it an exception of the grain's own.</returns>
    private async Task<Exception?> TryAsync(IOutgoingGrainCallContext context)
    {
        if (!connection.IsFound)
        {
            return new ClusterAwayException(mayBeDone: false, null);
        }

        try
        {
            context.Response = null;
            await context.Invoke();
            return context.Response?.Exception is { } inside && IsAway(inside) ? inside : null;
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return exception;
        }
    }

    private static bool IsAway(Exception exception) => exception is TimeoutException or OrleansMessageRejectionException or SiloUnavailableException
        or ConnectionFailedException or GatewayTooBusyException or ClientNotAvailableException;
}
