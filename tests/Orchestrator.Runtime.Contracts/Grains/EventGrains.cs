using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Orchestrator.Runtime.Contracts.Grains;

public interface IRemindedGrain : IGrainWithStringKey, IRemindable
{
    Task Remind(string name, TimeSpan due, TimeSpan period);

    Task Forget(string name);

    Task<ImmutableArray<string>> Reminders();

    Task Leave();
}

public sealed class RemindedGrain : Grain, IRemindedGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Probe.Of(this.GetPrimaryKeyString()).Note("activated");
        return Task.CompletedTask;
    }

    public async Task Remind(string name, TimeSpan due, TimeSpan period) => await this.RegisterOrUpdateReminder(name, due, period);

    public async Task Forget(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task<ImmutableArray<string>> Reminders() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName)];

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Probe.Of(this.GetPrimaryKeyString()).Note($"{reminderName} {(status.CurrentTickTime - status.FirstTickTime).TotalMinutes.ToString("0", CultureInfo.InvariantCulture)}");
        return Task.CompletedTask;
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface ISenderGrain : IGrainWithStringKey
{
    Task Send(string space, int first, int count);
}

public sealed class SenderGrain : Grain, ISenderGrain
{
    public async Task Send(string space, int first, int count)
    {
        var stream = this.GetStreamProvider("events").GetStream<int>(space, this.GetPrimaryKeyString());
        for (var number = first; number < first + count; number++)
        {
            await stream.OnNextAsync(number);
        }
    }
}

public interface IImplicitListenerGrain : IGrainWithStringKey
{
    Task Leave();
}

/// <summary>Listens to the stream of its own key without ever having subscribed.</summary>
[ImplicitStreamSubscription("implicit")]
public sealed class ImplicitListenerGrain : Grain, IImplicitListenerGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        await this.GetStreamProvider("events").GetStream<int>("implicit", this.GetPrimaryKeyString()).SubscribeAsync(HearAsync);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task HearAsync(int number, StreamSequenceToken? token)
    {
        var probe = Probe.Of(this.GetPrimaryKeyString());
        probe.Enter();
        await Task.Yield();
        probe.Note($"{number}");
        probe.Leave();
        probe.Open($"heard {number}");
    }
}

public interface IListenerGrain : IGrainWithStringKey
{
    Task Listen(string stream);

    Task Resume(string stream);

    Task Unsubscribe(string stream);

    Task Leave();
}

public sealed class ListenerGrain : Grain, IListenerGrain
{
    public Task Listen(string stream) => Stream(stream).SubscribeAsync(HearAsync);

    public async Task Resume(string stream)
    {
        foreach (var handle in await Stream(stream).GetAllSubscriptionHandles())
        {
            await handle.ResumeAsync(HearAsync);
        }
    }

    public async Task Unsubscribe(string stream)
    {
        foreach (var handle in await Stream(stream).GetAllSubscriptionHandles())
        {
            await handle.UnsubscribeAsync();
        }
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private IAsyncStream<int> Stream(string key) => this.GetStreamProvider("events").GetStream<int>("explicit", key);

    private Task HearAsync(int number, StreamSequenceToken? token)
    {
        var probe = Probe.Of(this.GetPrimaryKeyString());
        var again = probe.Diary.Contains($"{number}");
        probe.Note($"{number}");
        probe.Open($"heard {number}");
        return number switch
        {
            7 when !again => throw new InvalidOperationException("7 is hard the first time"),
            13 => throw new InvalidOperationException("13 is unlucky"),
            _ => Task.CompletedTask,
        };
    }
}

public interface ICountingGrain : IGrainWithStringKey
{
    IAsyncEnumerable<int> CountTo(int last, CancellationToken cancellationToken = default);

    Task<string> State();

    Task Leave();
}

public sealed class CountingGrain : Grain, ICountingGrain
{
    private string state = "never asked";

    public async IAsyncEnumerable<int> CountTo(int last, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (var number = 1; number <= last; number++)
            {
                state = $"at {number}";
                await Task.Yield();
                yield return number;
            }
        }
        finally
        {
            state = "ended";
        }
    }

    public Task<string> State() => Task.FromResult(state);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
