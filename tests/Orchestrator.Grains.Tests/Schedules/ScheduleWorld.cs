using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Grains.Schedules;
using Orchestrator.Grains.Workflows;
using Orchestrator.Testing.Blobs;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Schedules;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Schedules;

/// <summary>A silo in virtual time with the real grains of schedules and workflows. It begins at the moment a test says.</summary>
internal sealed class ScheduleWorld : IDisposable
{
    private static readonly WakeRest NoRest = default;

    private readonly InMemoryJournal journal = new();
    private readonly MemoryGrainStorage storage = new();
    private readonly MemoryReminderTable reminders = new();
    private readonly SimulatedCluster cluster;

    public ScheduleWorld(string start = "2026-01-01T00:00:00Z", ulong seed = 1, long stepsMax = 3_000_000)
    {
        var options = new SimulationOptions { Start = Time(start), EscapeGrace = TimeSpan.Zero, StepsMax = stepsMax };
        cluster = new SimulatedCluster(seed, options, (silo, services) =>
        {
            services.AddSingleton<IWorkflowJournal>(journal);
            services.AddSingleton<IBlobStore>(new InMemoryBlobStore());
            services.AddSingleton<IWorkflowIndex>(journal);
            services.AddSingleton(journal.StartProcess(silo.Name));
            services.AddSingleton(WorkflowPolicy.Default with { TellsNews = false });
            services.AddLocalSilo(local => local
                .AddGrains(typeof(ScheduleGrain).Assembly)
                .AddReminderTable(_ => reminders)
                .AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => storage));
        });
    }

    public InMemoryJournal Journal => journal;

    public DateTimeOffset Now => cluster.Clock.GetUtcNow();

    /// <summary>The windows whose workflows were started, in their order.</summary>
    public string[] Started(string schedule = "s") =>
        [.. Journal.Rows().Select(row => row.Id.Value).Where(id => id.StartsWith(schedule + ".2", StringComparison.Ordinal)).Select(id => id[(schedule.Length + 1)..]).Order(StringComparer.Ordinal)];

    /// <summary>A schedule of workflows that take <paramref name="nap"/>; none and they end at once.</summary>
    public static Schedule Schedule(ScheduleTimes times, OverlapPolicy overlap = OverlapPolicy.AllowAll, TimeSpan? nap = null) =>
        new("s", times, new ScheduledStart(Plan: new Plan("p", [new Step("nap", Sleep: nap ?? TimeSpan.FromMilliseconds(1))])), overlap);

    public IScheduleGrain Grain => cluster.Client.Schedule("s");

    /// <summary>How many workflows and schedules are in memory.</summary>
    public int Activations => Do(() => cluster.Client.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
        .Where(one => one.GrainType.Contains("Workflow", StringComparison.OrdinalIgnoreCase) || one.GrainType.Contains("Schedule", StringComparison.OrdinalIgnoreCase))
        .Sum(one => one.ActivationCount);

    public IWorkflowGrain Workflow(string id) => cluster.Client.Workflow(new WorkflowId(id));

    public ScheduleReply Put(Schedule schedule) => Do(() => Grain.PutAsync(schedule));

    public ScheduleView See(int next = 0) => Do(() => Grain.GetAsync(next))!;

    public T Do<T>(Func<Task<T>> work) => cluster.Run(work);

    /// <summary>Lets time pass, and every quarter of an hour does what a sweeper does: wakes the workflows whose time has come.</summary>
    public void Pass(TimeSpan span)
    {
        for (var left = span; left > TimeSpan.Zero; left -= TimeSpan.FromMinutes(15))
        {
            cluster.Advance(left < TimeSpan.FromMinutes(15) ? left : TimeSpan.FromMinutes(15));
            Sweep();
        }
    }

    public void Sweep()
    {
        foreach (var id in cluster.Run(() => Journal.ClaimDueAsync(Now, 1_000, NoRest, CancellationToken.None).AsTask()))
        {
            cluster.Run(() => cluster.Client.Workflow(id).WakeAsync());
        }
    }

    public void Crash() => cluster.Silos[0].Crash();

    public void Restart()
    {
        cluster.Silos[0].Restart();
        cluster.RunUntil(() => cluster.Silos[0].IsReady, TimeSpan.FromMinutes(1));
    }

    public void CrashAndRestart()
    {
        Crash();
        Restart();
    }

    /// <summary>Nobody is there for a while.</summary>
    public void Down(TimeSpan span)
    {
        Crash();
        cluster.Advance(span);
        Restart();
    }

    /// <summary>Lets so many turns happen, then ends the process in the middle of whatever it was at.</summary>
    public void CrashAfterSteps(int steps)
    {
        for (var step = 0; step < steps && cluster.Step(); step++)
        {
        }

        CrashAndRestart();
    }

    public WorkflowStatus StatusOf(string window) => Journal.Rows().Single(row => row.Id.Value == "s." + window).Status;

    public static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    public void Dispose() => cluster.Dispose();
}
