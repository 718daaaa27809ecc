using Orchestrator.Grains.Completions;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>One durable execution of a plan. The key is the workflow's id.</summary>
/// <remarks>
/// Every command is safe to send twice. When a command's task completes, what it decided survives any crash of our processes. Cancelling a call
/// stops the wait, not the decision. A call that fails may have been decided all the same: send it again.
/// </remarks>
[Alias("workflow")]
public interface IWorkflowGrain : IGrainWithStringKey
{
    /// <summary>Takes the workflow on and begins it.</summary>
    /// <remarks>The same request again is answered as the first time. Another request under the same id is refused with <c>workflow.exists</c>.</remarks>
    [Alias("start")]
    Task<StartReply> StartAsync(StartWorkflow request, CancellationToken cancellationToken = default);

    /// <summary>The workflow as it stands; null when there is none of this id.</summary>
    [Alias("get")]
    Task<WorkflowView?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the workflow. What is out is told to stop; an answer that comes all the same is kept as late.</summary>
    [Alias("cancel")]
    Task<CommandReply> CancelAsync(CommandContext context, CancellationToken cancellationToken = default);

    /// <summary>What is out may finish; nothing new starts until <see cref="ResumeAsync"/>.</summary>
    [Alias("pause")]
    Task<CommandReply> PauseAsync(CommandContext context, CancellationToken cancellationToken = default);

    [Alias("resume")]
    Task<CommandReply> ResumeAsync(CommandContext context, CancellationToken cancellationToken = default);

    /// <summary>Ends the rest of steps that wait for their next attempt: each is tried at once, as a new generation. A finished workflow is refused: it gets a successor.</summary>
    [Alias("retry")]
    Task<CommandReply> RetryAsync(RetrySteps request, CancellationToken cancellationToken = default);

    /// <summary>Hands a message to the workflow. One <see cref="SendSignal.SignalId"/> is taken once.</summary>
    [Alias("signal")]
    Task<CommandReply> SignalAsync(SendSignal signal, CancellationToken cancellationToken = default);

    /// <summary>Hands a message to the workflow, and takes the workflow on first where there is none: in one commit, so that nobody sees one without the other.</summary>
    /// <remarks>
    /// One that is there takes the message whoever started it and with whatever; one that has ended refuses it. One <see cref="SendSignal.SignalId"/> is taken once: the
    /// same again is answered as a replay. The request's idempotency key is not looked at, for the message has an id of its own.
    /// </remarks>
    [Alias("signal-with-start")]
    Task<StartReply> SignalWithStartAsync(StartWorkflow request, SendSignal signal, CancellationToken cancellationToken = default);

    /// <summary>A person's word on a step that waits for it. One person has one vote; the same again changes nothing, another is refused with <c>approval.decided</c>.</summary>
    [Alias("decide-approval")]
    Task<CommandReply> DecideApprovalAsync(DecideApproval decision, CancellationToken cancellationToken = default);

    /// <summary>What a workflow that continues this one would be started with: a rerun, a retry of a finished one, or a fork. Changes nothing here.</summary>
    [Alias("plan-successor")]
    Task<SuccessorReply> PlanSuccessorAsync(SuccessorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Events after number <paramref name="after"/>, at most <paramref name="limit"/> (1 to 1,000), in order.</summary>
    [Alias("read-history")]
    Task<HistoryPage> ReadHistoryAsync(long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="ReadHistoryAsync"/>, but when there is nothing yet it waits for the next event, at most <paramref name="patience"/> (10 s) long.</summary>
    [Alias("watch"), AlwaysInterleave]
    Task<HistoryPage> WatchAsync(long after, int limit, TimeSpan patience, CancellationToken cancellationToken = default);

    /// <summary>One sentence on what it waits for, and the same as data; null when there is no such workflow.</summary>
    [Alias("explain")]
    Task<Explanation?> ExplainAsync(CancellationToken cancellationToken = default);

    /// <summary>Does what time has made due and performs again what is still owed. Safe at any moment, any number of times.</summary>
    [Alias("wake")]
    Task WakeAsync(CancellationToken cancellationToken = default);

    /// <summary>A step's report on its attempt. When the task completes, the outcome is durable; until then the reporter keeps it and sends it again.</summary>
    [Alias("report")]
    Task ReportAsync(StepReport report, CancellationToken cancellationToken = default);

    /// <summary>An agent's completion of an attempt, whose token has been checked. The same again is answered as the first time.</summary>
    [Alias("complete-attempt")]
    Task<CompletionReply> CompleteAttemptAsync(AttemptName attempt, Completion completion, CancellationToken cancellationToken = default);

    /// <summary>An agent's word that it is still at an attempt it took on, whose token has been checked.</summary>
    [Alias("heartbeat")]
    Task<CompletionReply> HeartbeatAsync(AttemptName attempt, Heartbeat heartbeat, CancellationToken cancellationToken = default);

    /// <summary>Whether somebody waits for an attempt, as it was last asked for. A step asks that has not heard of its workflow for long; on a no it drops the attempt. Changes nothing.</summary>
    /// <param name="epoch">From the last assignment of the attempt.</param>
    [Alias("wants")]
    Task<bool> WantsAsync(StepPath step, int generation, int attempt, long epoch, CancellationToken cancellationToken = default);
}
