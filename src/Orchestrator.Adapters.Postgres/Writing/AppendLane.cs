using System.Threading.Channels;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Adapters.Postgres.Writing;

/// <summary>One writer: takes whatever has queued up, sends it as one statement, and answers each append when the server has committed.</summary>
/// <remarks>
/// While one batch is under way the next one gathers, so throughput grows with load and an append alone waits for nobody. When the store is away the batch
/// is refused; what comes during the pause before the next try waits for it.
/// </remarks>
internal sealed class AppendLane
{
    private readonly PostgresSource source;
    private readonly PostgresOptions options;
    private readonly StorageLog log;
    private readonly TimeProvider clock;
    private readonly Random random;
    private readonly int slot;
    private readonly Channel<PendingAppend> queue = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<PendingAppend> heldBack = new();
    private readonly AppendBatch batch;
    private readonly CancellationTokenSource closing = new();
    private readonly Task running;
    private AppendStatement? statement;
    private int failures;
    private long queuedWrites;
    private long queuedBytes;
    private long commits;
    private long writes;
    private long refused;
    private long races;

    /// <param name="slot">Of the counters: no other writer that is under way should have the same, or they wait for each other.</param>
    public AppendLane(PostgresSource source, PostgresOptions options, int slot, StorageLog log, TimeProvider clock, Random random)
    {
        this.source = source;
        this.options = options;
        this.slot = slot;
        this.log = log;
        this.clock = clock;
        this.random = random;
        batch = new AppendBatch(options.BatchWritesMax, options.BatchBytesMax);
        running = Task.Run(RunAsync);
    }

    public WriterStatistics Statistics => new(Volatile.Read(ref commits), Volatile.Read(ref writes), Volatile.Read(ref refused), Volatile.Read(ref races));

    public Task<AppendOutcome> AppendAsync(PendingAppend append)
    {
        var waiting = Interlocked.Increment(ref queuedWrites);
        var bytes = Interlocked.Add(ref queuedBytes, append.Bytes);
        if (waiting > 1 && (waiting > options.QueueWritesMax / options.Writers || bytes > options.QueueBytesMax / options.Writers))
        {
            Release([append]);
            Interlocked.Increment(ref refused);
            throw new StorageUnavailableException($"The store is behind: {waiting - 1} appends of {bytes - append.Bytes} bytes wait for one writer.", full: false);
        }

        if (!queue.Writer.TryWrite(append))
        {
            Release([append]);
            throw new ObjectDisposedException(nameof(PostgresStore));
        }

        return append.Completion;
    }

    /// <summary>Writes what is queued, then stops.</summary>
    public async Task StopAsync()
    {
        queue.Writer.TryComplete();
        await closing.CancelAsync();
        await running;
        closing.Dispose();
    }

    private async Task RunAsync()
    {
        while (heldBack.Count > 0 || await queue.Reader.WaitToReadAsync())
        {
            Gather();
            await WriteAsync(batch.Appends);
            Release(batch.Appends);
            batch.Clear();
            if (failures > 0)
            {
                await PauseAsync();
            }
        }

        await CloseAsync();
    }

    // What was held back comes first, and holds back what came later of the same workflow.
    private void Gather()
    {
        for (var left = heldBack.Count; left > 0; left--)
        {
            var next = heldBack.Dequeue();
            if (!batch.TryAdd(next))
            {
                heldBack.Enqueue(next);
            }
        }

        while (!batch.IsFull && heldBack.Count < options.BatchWritesMax && queue.Reader.TryRead(out var next))
        {
            if (!batch.TryAdd(next))
            {
                heldBack.Enqueue(next);
            }
        }

        batch.Sort();
    }

    private async Task WriteAsync(IReadOnlyList<PendingAppend> appends)
    {
        try
        {
            await CommitAsync(appends);
            if (failures > 0)
            {
                failures = 0;
                log.WentOn("appending");
            }
        }
        catch (Exception failure) when (PostgresFailures.IsOutside(failure))
        {
            await CloseAsync();
            failures++;
            Interlocked.Add(ref refused, appends.Count);
            log.Failed("appending", failure);
            var unavailable = PostgresFailures.ToUnavailable(failure);
            foreach (var append in appends)
            {
                append.Fail(unavailable);
            }
        }
        catch (Exception fault)
        {
            // The server has rolled back all of it. One of them broke a belief of ours; nobody else may suffer for it, so each goes alone.
            await CloseAsync();
            if (appends.Count == 1)
            {
                appends[0].Fail(fault);
                return;
            }

            foreach (var append in appends)
            {
                await WriteAsync([append]);
            }
        }
    }

    private async Task CommitAsync(IReadOnlyList<PendingAppend> appends)
    {
        for (var tries = 1; appends.Count > 0; tries++)
        {
            object?[] answers;
            try
            {
                statement ??= await OpenAsync();
                answers = await statement.RunAsync(appends, CancellationToken.None);
            }
            catch (Exception failure) when (PostgresFailures.IsRace(failure) && tries < PostgresSource.RacesMax)
            {
                Interlocked.Increment(ref races);
                continue;
            }

            Interlocked.Increment(ref commits);
            Interlocked.Add(ref writes, appends.Count);
            appends = Answer(appends, answers, last: tries >= PostgresSource.RacesMax);
        }
    }

    /// <returns>Those that have to be judged again: what refused them was gone when the statement looked for it.</returns>
    private static List<PendingAppend> Answer(IReadOnlyList<PendingAppend> appends, object?[] answers, bool last)
    {
        var again = new List<PendingAppend>();
        for (var i = 0; i < appends.Count; i++)
        {
            switch (answers[i])
            {
                case AppendOutcome outcome:
                    appends[i].Answer(outcome);
                    break;
                case Exception fault:
                    appends[i].Fail(fault);
                    break;
                default:
                    if (last)
                    {
                        appends[i].Fail(new StorageUnavailableException($"An append to workflow {appends[i].Append.Workflow} was refused {PostgresSource.RacesMax} times, and never twice by the same.", full: false));
                    }
                    else
                    {
                        again.Add(appends[i]);
                    }

                    break;
            }
        }

        return again;
    }

    private async Task<AppendStatement> OpenAsync()
    {
        var connection = await source.OpenWriterAsync(CancellationToken.None);
        return await AppendStatement.PrepareAsync(connection, slot, CancellationToken.None);
    }

    private async Task PauseAsync()
    {
        var longest = options.ReconnectFirst * Math.Pow(2, Math.Min(failures - 1, 20));
        var pause = (longest < options.ReconnectMax ? longest : options.ReconnectMax) * (0.5 + (random.NextDouble() / 2));
        try
        {
            await Task.Delay(pause, clock, closing.Token);
        }
        catch (OperationCanceledException)
        {
            // The store is being closed: what is left is tried once more at once.
        }
    }

    private void Release(IReadOnlyList<PendingAppend> done)
    {
        Interlocked.Add(ref queuedWrites, -done.Count);
        Interlocked.Add(ref queuedBytes, -done.Sum(append => (long)append.Bytes));
    }

    private async Task CloseAsync()
    {
        if (statement is { } open)
        {
            statement = null;
            try
            {
                await open.DisposeAsync();
            }
            catch (Exception failure) when (PostgresFailures.IsOutside(failure))
            {
                // It was broken; that it cannot be closed in good order is no news.
            }
        }
    }
}
