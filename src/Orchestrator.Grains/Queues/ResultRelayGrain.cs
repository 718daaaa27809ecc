using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Queues;
using Orchestrator.Execution.Topics;
using Orchestrator.Grains.Callbacks;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Queues;

/// <summary>Reads the topic of workflows' news, has the ends published, then notes how far it has come: in this order, so that a crash tells again and never forgets.</summary>
public sealed partial class ResultRelayGrain(
    [PersistentState("result-relay")] IPersistentState<StoredResultRelay> stored,
    ITopicLog log,
    IResultQueue queue,
    TimeProvider clock,
    Random random,
    IOptions<ResultRelayOptions> options,
    ILogger<ResultRelayGrain> logger) : Grain, IResultRelayGrain
{
    /// <summary>Batches of one call, so that no call outlasts its caller's patience.</summary>
    private const int BatchesMax = 20;

    private const int DoublingsMax = 20;

    /// <summary>For a workflow to hear of its own commit, its activation elsewhere included.</summary>
    private static readonly TimeSpan CommitPatience = TimeSpan.FromMinutes(1);

    private bool relaying;
    private int failures;
    private DateTimeOffset restsUntil;

    public async Task RelayAsync(CancellationToken cancellationToken = default)
    {
        if (relaying || clock.GetUtcNow() < restsUntil)
        {
            return;
        }

        relaying = true;
        try
        {
            for (var batch = 0; batch < BatchesMax && await RelayBatchAsync(cancellationToken); batch++)
            {
            }

            failures = 0;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing was noted, so the same is told again: the caller has nothing to do about it.
            var pause = PauseAfter(++failures);
            restsUntil = clock.GetUtcNow() + pause;
            LogFailed(failure, stored.State.After, pause);
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
        var page = await log.ReadAsync(WorkflowNews.Topic, after, options.Value.BatchMax, cancellationToken);
        if (page.HasLost(after))
        {
            LogLost(after, page.First);
        }

        if (page.Events is not [.., var newest])
        {
            return false;
        }

        var ends = await Task.WhenAll(page.Events.Select(news => EndOfAsync(news, cancellationToken)));
        var sure = ends.TakeWhile(end => !end.TooEarly).ToList();
        var results = sure.Select(end => end.Message).OfType<ResultMessage>().ToList();
        if (results.Count > 0)
        {
            await queue.PublishAsync(results, cancellationToken);
        }

        if (sure.Count > 0)
        {
            await KeepAsync(sure.Count == ends.Length ? newest.Number : page.Events[sure.Count - 1].Number);
        }

        return sure.Count == options.Value.BatchMax;
    }

    // Anybody may publish to a topic, so the workflow itself says whether and how it ended. One that is no longer kept has nothing to tell.
    private async Task<End> EndOfAsync(TopicEvent told, CancellationToken cancellationToken)
    {
        var news = told.Event;
        if (news.Type is not ("workflow.completed" or "workflow.failed" or "workflow.cancelled" or "workflow.timed-out")
            || !WorkflowId.TryParse(news.Subject ?? "", out var id) || !long.TryParse(news.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return End.Nobody;
        }

        var workflow = await GrainFactory.Workflow(id).GetAsync(cancellationToken);
        if (workflow is null || workflow.Version < number)
        {
            // The topic shows what is committed; the workflow learns of its commit a moment later. News it has not heard of for longer are not its own, or it is gone.
            var early = clock.GetUtcNow() - told.At < CommitPatience;
            if (!early && workflow is null)
            {
                LogGone(id);
            }

            return new End(null, early);
        }

        return workflow.Status.IsFinal()
            ? new End(new ResultMessage($"/api/v1/workflows/{id.Value}/{news.Id}", news.Type, CallbackBody.Write(workflow, number, options.Value.OutputBytesMax), workflow.TraceParent))
            : End.Nobody;
    }

    private Task KeepAsync(long after) => stored.KeepAsync(new StoredResultRelay { After = after });

    private TimeSpan PauseAfter(int failed)
    {
        var longest = options.Value.PauseFirst * Math.Pow(2, Math.Min(failed - 1, DoublingsMax));
        return (longest < options.Value.PauseMax ? longest : options.Value.PauseMax) * (0.5 + (random.NextDouble() / 2));
    }

    /// <param name="Message">Null where there is nobody to tell of.</param>
    /// <param name="TooEarly">It is to be asked again, and nothing after it is told before.</param>
    private readonly record struct End(ResultMessage? Message, bool TooEarly = false)
    {
        public static End Nobody { get; } = new(null);
    }

    [LoggerMessage(EventId = 1561, EventName = "ResultsNotTold", Level = LogLevel.Warning,
        Message = "Results after number {After} could not be told to the message queue; they are told again in {Pause}")]
    private partial void LogFailed(Exception failure, long after, TimeSpan pause);

    [LoggerMessage(EventId = 1562, EventName = "ResultsLost", Level = LogLevel.Error,
        Message = "Results after number {After} went from their topic before they were told, up to number {First}; raise what the topic keeps")]
    private partial void LogLost(long after, long first);

    [LoggerMessage(EventId = 1563, EventName = "ResultGone", Level = LogLevel.Error,
        Message = "The end of workflow {Workflow} is not told: the workflow is no longer kept; raise how long finished ones are")]
    private partial void LogGone(WorkflowId workflow);
}
