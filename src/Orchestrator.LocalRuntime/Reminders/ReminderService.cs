using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.LocalRuntime;

/// <summary>Ticks the reminders of the grains that this silo answers for.</summary>
/// <remarks>
/// What fell due while no silo ran is skipped, as in Orleans: the next tick is the next whole period. The table is read
/// at the start and then every refresh period, which is how a silo learns of reminders that others registered.
/// </remarks>
internal sealed class ReminderService(LocalSilo silo, IServiceProvider services) : IHostedService
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), Scheduled> scheduled = new();
    private readonly IReminderTable? table = services.GetKeyedService<IReminderTable>(ProviderConstants.DefaultReminderTableName);
    private readonly TaskTurns turns = new(silo.Executor, "reminders");
    private ITimer? refresh;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (table is null)
        {
            return;
        }

        await RefreshAsync();
        refresh = silo.Clock.CreateTimer(_ => turns.Start(RefreshAsync), null, silo.Options.ReminderRefreshPeriod, silo.Options.ReminderRefreshPeriod);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        refresh?.Dispose();
        foreach (var reminder in scheduled.Values)
        {
            reminder.Timer?.Dispose();
        }

        scheduled.Clear();
        return Task.CompletedTask;
    }

    public async Task<IGrainReminder> RegisterAsync(GrainId grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        if (period < silo.Options.MinimumReminderPeriod)
        {
            throw new ArgumentException($"Reminder '{name}' of {grain} has a period of {period}; the shortest allowed is {silo.Options.MinimumReminderPeriod}. Use a timer for less.", nameof(period));
        }

        var entry = new ReminderEntry(grain, name, silo.Clock.GetUtcNow() + dueTime, period);
        await Table().WriteAsync(entry, CancellationToken.None);
        foreach (var service in Everywhere())
        {
            service.Schedule(entry);
        }

        return new Reminder(name);
    }

    public async Task UnregisterAsync(GrainId grain, string name)
    {
        await Table().RemoveAsync(grain, name, CancellationToken.None);
        foreach (var service in Everywhere())
        {
            service.Drop((grain, name));
        }
    }

    public async Task<List<IGrainReminder>> OfAsync(GrainId grain)
    {
        var all = await Table().ReadAllAsync(CancellationToken.None);
        return [.. all.Where(entry => entry.GrainId == grain).Select(entry => new Reminder(entry.Name))];
    }

    // Which silo answers for the grain may be another one, in a simulated world, and it should not learn of this only at its next refresh.
    private IEnumerable<ReminderService> Everywhere() => silo.Peers().Select(peer => peer.Services.GetRequiredService<ReminderService>());

    private IReminderTable Table() => table ?? throw new InvalidOperationException($"No {nameof(IReminderTable)} is registered; add one with AddReminderTable or AddMemoryReminderTable.");

    private async Task RefreshAsync()
    {
        var entries = await table!.ReadAllAsync(CancellationToken.None);
        foreach (var gone in scheduled.Keys.Except(entries.Select(entry => (entry.GrainId, entry.Name))).ToArray())
        {
            Drop(gone);
        }

        foreach (var entry in entries)
        {
            if (!scheduled.TryGetValue((entry.GrainId, entry.Name), out var known) || known.Entry != entry)
            {
                Schedule(entry);
            }
        }
    }

    private void Schedule(ReminderEntry entry)
    {
        Drop((entry.GrainId, entry.Name));
        var reminder = new Scheduled(entry);
        using (ExecutionContext.SuppressFlow())
        {
            reminder.Timer = silo.Clock.CreateTimer(_ => Tick(reminder), null, UntilNext(entry), Timeout.InfiniteTimeSpan);
        }

        scheduled[(entry.GrainId, entry.Name)] = reminder;
    }

    private void Drop((GrainId, string) key)
    {
        if (scheduled.TryRemove(key, out var known))
        {
            known.Timer?.Dispose();
        }
    }

    private void Tick(Scheduled reminder)
    {
        var entry = reminder.Entry;
        if (silo.AnswersFor(entry.GrainId))
        {
            var status = new TickStatus(entry.StartAt.UtcDateTime, entry.Period, silo.Clock.GetUtcNow().UtcDateTime);

            // In turns of its own: what comes after an await in a bare timer callback runs on the thread pool.
            _ = turns.Start(() => TellAsync(new ReminderTick(entry.Name, status) { Target = entry.GrainId }));
        }

        reminder.Timer!.Change(UntilNext(entry), Timeout.InfiniteTimeSpan);
    }

    private async Task TellAsync(ReminderTick tick)
    {
        try
        {
            await silo.SendEvent(tick);
        }
        catch (Exception failure)
        {
            silo.LogReminderFailed(failure, tick.Name, tick.Target.ToString());
        }
    }

    private TimeSpan UntilNext(ReminderEntry entry)
    {
        var late = silo.Clock.GetUtcNow() - entry.StartAt;
        return late < TimeSpan.Zero ? -late : TimeSpan.FromTicks(entry.Period.Ticks - (late.Ticks % entry.Period.Ticks));
    }

    private sealed class Scheduled(ReminderEntry entry)
    {
        public ReminderEntry Entry => entry;

        public ITimer? Timer { get; set; }
    }

    private sealed record Reminder(string ReminderName) : IGrainReminder;
}

/// <summary>One tick, queued like any request.</summary>
internal sealed class ReminderTick(string name, TickStatus status) : TaskRequest
{
    private static readonly GrainMethod Description = new(typeof(IRemindable), nameof(IRemindable.ReceiveReminder), GrainMethodOptions.None, typeof(string), typeof(TickStatus));

    public string Name => name;

    public override GrainMethod Method => Description;

    public override int GetArgumentCount() => 2;

    public override object? GetArgument(int index) => index switch
    {
        0 => name,
        1 => status,
        _ => throw new ArgumentOutOfRangeException(nameof(index), index, "A tick has two arguments."),
    };

    protected override Task Call(object grain) => ((IRemindable)grain).ReceiveReminder(name, status);
}
