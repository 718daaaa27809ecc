using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orchestrator.Decisions.Sessions;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Sessions;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Sessions;

/// <summary>Having messages answered, and being woken for it.</summary>
public sealed partial class SessionGrain
{
    private const string BusyReminder = "busy";
    private const string IdleReminder = "idle";
    private const string SessionTag = "orc.session";
    private const int PriorityNormal = 3;
    private const int EventsPerWatch = 100;

    /// <summary>The shortest period that Orleans allows a reminder.</summary>
    private static readonly TimeSpan RemindEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LookDaily = TimeSpan.FromDays(1);
    private static readonly TimeSpan WatchPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    private IGrainTimer? pursuit;
    private IGrainTimer? watch;
    private bool reminded;

    public async Task PursueAsync(CancellationToken cancellationToken = default)
    {
        var goesOn = false;
        try
        {
            while (Session?.Running is { } message && await PursueAsync(message))
            {
            }

            goesOn = true;
        }
        finally
        {
            // What could not be reached is asked again; a record that could not be written ends the activation, and the reminder brings the next.
            if (!goesOn)
            {
                PursueAfter(AgainAfter);
            }
        }
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (Session is not { } session)
        {
            await ForgetReminderAsync(reminderName);
            return;
        }

        if (session.IsBusy)
        {
            await PursueAsync(CancellationToken.None);
            return;
        }

        if (reminderName == BusyReminder)
        {
            reminded = false;
            await ForgetReminderAsync(BusyReminder);
        }
        else if (SessionDecisions.ForgetAt(session, Policy) <= clock.GetUtcNow())
        {
            LogForgotten(Id.Value, session.Phase, session.UpdatedAt);
            await ForgetNowAsync();
        }
        else
        {
            await RemindWhenIdleAsync(session);
        }
    }

    /// <summary>Whether another message is owed now.</summary>
    private async Task<bool> PursueAsync(SessionMessage message)
    {
        var workflow = GrainFactory.Workflow(WorkflowOf(message.Number));
        var view = await workflow.GetAsync() ?? await BeginAsync(workflow, message);
        if (view is null)
        {
            return true;
        }

        if (!view.Status.IsFinal())
        {
            if (message.Interrupted)
            {
                await StopAsync(message);
            }

            Watch(workflow, view.Version);
            return false;
        }

        await SettleAsync(message, OutcomeOf(message, view));
        return true;
    }

    private async Task<WorkflowView?> BeginAsync(IWorkflowGrain workflow, SessionMessage message)
    {
        // One that was to be stopped before it began never begins.
        if (message.Interrupted)
        {
            await SettleAsync(message, new MessageOutcome(MessageState.Interrupted, "It was stopped before it began.", []));
            return null;
        }

        var session = Session!;
        var reply = await workflow.StartAsync(new StartWorkflow(
            SessionPlans.Of(Id, session, message, Policy),
            SessionPlans.InputOf(Id, session, message, Policy),
            PriorityNormal,
            ImmutableSortedDictionary<string, string>.Empty.Add(SessionTag, Id.Value),
            message.Fingerprint));
        if (reply.Refusal is { } refusal)
        {
            await SettleAsync(message, new MessageOutcome(MessageState.Failed, refusal.Message, []));
            return null;
        }

        return await workflow.GetAsync() ?? throw new InvalidOperationException($"Workflow '{reply.Id}' was started for message {message.Number} of session '{Id}', and is not there.");
    }

    private Task<CommandReply> StopAsync(SessionMessage message) =>
        GrainFactory.Workflow(WorkflowOf(message.Number)).CancelAsync(new CommandContext("session " + Id.Value, "A later message interrupts it, or its session was closed."));

    private Task SettleAsync(SessionMessage message, MessageOutcome outcome) => KeepAsync(SessionDecisions.Settle(Session!, message.Number, outcome, Policy, clock.GetUtcNow()));

    private static MessageOutcome OutcomeOf(SessionMessage message, WorkflowView view) => new(
        view.Status switch
        {
            WorkflowStatus.Completed => MessageState.Answered,
            WorkflowStatus.Cancelled => MessageState.Interrupted,
            _ => MessageState.Failed,
        },
        view.Failure?.Message,
        [
            .. view.Steps.Where(step => step is { Status: StepStatus.Completed, Output: not null })
                .Select(step => new AgentReply(SessionPlans.AgentOf(message, step.Path.Value), step.Output!.Value)),
        ]);

    private void PursueAfter(TimeSpan wait)
    {
        pursuit?.Dispose();
        pursuit = this.RegisterGrainTimer(PursueAsync, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { KeepAlive = true });
    }

    /// <summary>Waits for the workflow beside whatever else the session is asked, and then has it looked at in a turn of its own.</summary>
    private void Watch(IWorkflowGrain workflow, long after)
    {
        watch?.Dispose();
        watch = this.RegisterGrainTimer(
            async cancellationToken =>
            {
                try
                {
                    await workflow.WatchAsync(after, EventsPerWatch, WatchPatience, cancellationToken);
                }
                finally
                {
                    PursueAfter(TimeSpan.Zero);
                }
            },
            new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
    }

    private async Task RemindWhileBusyAsync()
    {
        if (!reminded)
        {
            await this.RegisterOrUpdateReminder(BusyReminder, RemindEvery, RemindEvery);
            reminded = true;
        }
    }

    private Task RemindWhenIdleAsync(Session session)
    {
        var left = (SessionDecisions.ForgetAt(session, Policy) ?? clock.GetUtcNow() + LookDaily) - clock.GetUtcNow();
        var wait = left < RemindEvery ? RemindEvery : left < LookDaily ? left : LookDaily;
        return this.RegisterOrUpdateReminder(IdleReminder, wait, LookDaily);
    }

    private async Task ForgetNowAsync()
    {
        await stored.ClearStateAsync(CancellationToken.None);
        pursuit?.Dispose();
        watch?.Dispose();
        await ForgetReminderAsync(BusyReminder);
        await ForgetReminderAsync(IdleReminder);
        reminded = false;
    }

    private async Task ForgetReminderAsync(string name)
    {
        if (await this.GetReminder(name) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    [LoggerMessage(EventId = 1571, EventName = "SessionForgotten", Level = LogLevel.Information,
        Message = "Session {Session}, {Phase}, is forgotten: nothing has changed since {Since}")]
    private partial void LogForgotten(string session, SessionPhase phase, DateTimeOffset since);
}
