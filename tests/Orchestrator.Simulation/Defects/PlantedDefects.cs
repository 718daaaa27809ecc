using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.People;
using Orchestrator.Simulation.Worlds;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Defects;

/// <summary>Worlds in which one thing is broken on purpose. Each is planted from outside, by what stands around the product's code or is handed to it.</summary>
internal static class PlantedDefects
{
    public static WorldOptions Of(string name) => All[name]();

    public static IEnumerable<string> Names => All.Keys;

    private static ImmutableSortedDictionary<string, Func<WorldOptions>> All { get; } = new Dictionary<string, Func<WorldOptions>>
    {
        ["an append ignores the version"] = () => WithJournal(inner => new FaultyJournal(inner) { Append = AppendAnywayAsync }),
        ["an append is acknowledged before it is kept"] = () => new WorldOptions
        {
            Journal = (inner, start) => new FaultyJournal(inner)
            {
                Append = (journal, append) =>
                {
                    _ = KeepLaterAsync(journal, append, start.Clock);
                    return new(AppendOutcome.Appended.Instance);
                },
            },
        },
        ["an idempotency key is not kept"] = () => WithJournal(inner => new FaultyJournal(inner)
        {
            Append = (journal, append) => journal.AppendAsync(append with { Request = null }, CancellationToken.None),
        }),
        ["a late answer is applied"] = () => WithJournal(inner => new FaultyJournal(inner)
        {
            Append = (journal, append) => journal.AppendAsync(
                append with
                {
                    Entries = [.. append.Entries.Select(entry => entry.Event is LateAnswerKept late ? entry with { Event = new StepCompleted(late.Step, late.Attempt, late.Output) } : entry)],
                },
                CancellationToken.None),
        }),
        ["due times are not written"] = () => WithJournal(inner => new FaultyJournal(inner)
        {
            Append = (journal, append) => journal.AppendAsync(append with { Summary = append.Summary with { DueAt = null } }, CancellationToken.None),
        }),
        ["the sweeper finds nothing"] = () => new WorldOptions { Index = index => new BlindIndex(index) },
        ["steps do not wait for those before them"] = () => new WorldOptions
        {
            Start = request => request with { Plan = request.Plan with { Mode = PlanMode.Dag, Steps = [.. request.Plan.Steps.Select(step => step with { Dependencies = [] })] } },
        },
        ["one attempt too many is made"] = () => new WorldOptions
        {
            Start = request => request with { Plan = Retried(request.Plan, retry => retry with { MaxAttempts = retry.MaxAttempts + 1 }) },
        },
        ["the rest between attempts is a millisecond short"] = () => new WorldOptions
        {
            Start = request => request with { Plan = Retried(request.Plan, retry => retry with { InitialInterval = retry.InitialInterval - TimeSpan.FromMilliseconds(1), Jitter = 0 }) },
        },
        ["a silo's clock is a tick ahead"] = () => new WorldOptions
        {
            Services = (start, services) => services.AddSingleton<TimeProvider>(new HastyClock(start.Clock)),
        },
        ["each attempt has a key of its own"] = () => WithTransport(request => request with { IdempotencyKey = request.IdempotencyKey + request.Attempt }),
        ["agents take no heed of their limits"] = () => new WorldOptions
        {
            Services = (_, services) => services.AddSingleton<IDeclared<AgentRegistration>>(Declared.Agents(RandomPlans.Agents.Select(agent =>
                new AgentRegistration(agent.Name, AgentKind.Http, ["do", "undo", "instead"], [new AgentInstance("http://" + agent.Name)], agent.Concurrency + 1)))),
        },
        ["a cancel is acknowledged and forgotten"] = () => new WorldOptions
        {
            Services = (_, services) => services.AddSingleton<IIncomingGrainCallFilter, ForgetfulCancel>(),
        },
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static WorldOptions WithJournal(Func<IWorkflowJournal, IWorkflowJournal> plant) => new() { Journal = (inner, _) => plant(inner) };

    private static WorldOptions WithTransport(Func<AgentRequest, AgentRequest> change) => new()
    {
        Services = (_, services) =>
        {
            var inner = (IAgentTransport)services.Last(service => service.ServiceType == typeof(IAgentTransport)).ImplementationInstance!;
            services.RemoveAll<IAgentTransport>();
            services.AddSingleton<IAgentTransport>(new ChangedTransport(inner, change));
        },
    };

    private static async ValueTask<AppendOutcome> AppendAnywayAsync(IWorkflowJournal journal, JournalAppend append)
    {
        while (true)
        {
            var outcome = await journal.AppendAsync(append, CancellationToken.None);
            if (outcome is not AppendOutcome.Conflict conflict)
            {
                return outcome;
            }

            append = append with
            {
                ExpectedVersion = conflict.Version,
                Entries = [.. append.Entries.Select((entry, place) => entry with { Number = conflict.Version + 1 + place })],
                Summary = append.Summary with { Version = conflict.Version + append.Entries.Length },
            };
        }
    }

    private static async Task KeepLaterAsync(IWorkflowJournal journal, JournalAppend append, TimeProvider clock)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(20), clock);
        await journal.AppendAsync(append, CancellationToken.None);
    }

    private static Plan Retried(Plan plan, Func<RetryPolicy, RetryPolicy> change) =>
        plan with { Steps = [.. plan.Steps.Select(step => step.Retry is { MaxAttempts: > 1 } retry ? step with { Retry = change(retry) } : step)] };

    private sealed class ChangedTransport(IAgentTransport inner, Func<AgentRequest, AgentRequest> change) : IAgentTransport
    {
        public AgentKind Kind => inner.Kind;

        public ValueTask<AgentAnswer> CallAsync(AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken) =>
            inner.CallAsync(agent, instance, change(request), cancellationToken);
    }

    private sealed class HastyClock(TimeProvider inner) : TimeProvider
    {
        public override long TimestampFrequency => inner.TimestampFrequency;

        public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow().AddTicks(1);

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class ForgetfulCancel : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.MethodName != nameof(IWorkflowGrain.CancelAsync) || context.Grain is not WorkflowGrain)
            {
                return context.Invoke();
            }

            context.Result = new CommandReply(WorkflowStatus.Cancelled, Version: 1);
            return Task.CompletedTask;
        }
    }
}
