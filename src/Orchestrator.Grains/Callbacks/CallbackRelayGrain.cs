using System.Globalization;
using Microsoft.Extensions.Logging;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Callbacks;

/// <summary>Reads the topic of owed callbacks and hands each to its grain, then notes how far it has read: in this order, so that a crash hands over again and never forgets.</summary>
public sealed partial class CallbackRelayGrain(
    [PersistentState("callback-relay")] IPersistentState<StoredCallbackRelay> stored, ITopicLog log, ILogger<CallbackRelayGrain> logger) : Grain, ICallbackRelayGrain
{
    /// <summary>Callbacks handed over between two notes, all at the same time.</summary>
    private const int BatchMax = 100;

    /// <summary>Batches of one call, so that no call outlasts its caller's patience.</summary>
    private const int BatchesMax = 20;

    private bool relaying;

    public async Task RelayAsync(CancellationToken cancellationToken = default)
    {
        if (relaying)
        {
            return;
        }

        relaying = true;
        try
        {
            for (var batch = 0; batch < BatchesMax && await RelayBatchAsync(cancellationToken); batch++)
            {
            }
        }
        finally
        {
            relaying = false;
        }
    }

    /// <summary>Whether there may be more.</summary>
    private async Task<bool> RelayBatchAsync(CancellationToken cancellationToken)
    {
        var after = stored.State.After;
        var page = await log.ReadAsync(WorkflowNews.Callbacks, after, BatchMax, cancellationToken);
        if (page.HasLost(after))
        {
            LogLost(after, page.First);
        }

        if (page.Events is not [.., var newest])
        {
            return false;
        }

        await Task.WhenAll(page.Events.Select(owed => HandOverAsync(owed.Event)));
        stored.State = new StoredCallbackRelay { After = newest.Number };
        await stored.WriteStateAsync(CancellationToken.None);
        return page.Events.Length == BatchMax;
    }

    // Anybody may publish to a topic. What did not come from a workflow's end has no such workflow, or one without an address, and is passed over there.
    private Task HandOverAsync(CloudEvent owed) =>
        owed.Type == WorkflowNews.CallbackOwed && WorkflowId.TryParse(owed.Subject ?? "", out var workflow)
            && long.TryParse(owed.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? GrainFactory.Callback(workflow).OweAsync(number)
            : Task.CompletedTask;

    [LoggerMessage(EventId = 1553, EventName = "CallbacksLost", Level = LogLevel.Error,
        Message = "Callbacks owed after number {After} went from their topic before they were read, up to number {First}; raise what the topic keeps, and have them told again")]
    private partial void LogLost(long after, long first);
}
