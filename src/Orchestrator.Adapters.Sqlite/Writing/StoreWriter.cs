using Orchestrator.Adapters.Sqlite.Connections;

namespace Orchestrator.Adapters.Sqlite.Writing;

/// <summary>The one thread that writes: takes whatever has queued up, puts it into one transaction, and answers when the transaction is on the disk.</summary>
/// <remarks>
/// While one commit waits for the disk the next batch queues up, so throughput grows with load and an append alone waits for nobody.
/// When the disk is full or away the batch is refused and the thread goes on; the connection is opened afresh for the next one.
/// </remarks>
internal sealed class StoreWriter
{
    private readonly WriteQueue queue;
    private readonly SqliteOptions options;
    private readonly Func<WriterSession> open;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WriterSession? session;
    private long commits;
    private long writes;
    private long refused;

    public StoreWriter(SqliteOptions options, Func<WriterSession> open)
    {
        this.options = options;
        this.open = open;
        queue = new WriteQueue(options.QueueWritesMax, options.QueueBytesMax);

        // A thread of its own: it blocks on the disk, and on a pool of threads it would take one from the grains.
        new Thread(Run) { Name = "journal writer", IsBackground = true }.Start();
    }

    public WriterStatistics Statistics => new(Volatile.Read(ref commits), Volatile.Read(ref writes), Volatile.Read(ref refused));

    public async Task<TResult> WriteAsync<TResult>(StoreWrite<TResult> write, CancellationToken cancellationToken)
    {
        await queue.EnqueueAsync(write, cancellationToken);
        return await write.Completion;
    }

    /// <summary>Writes what is queued, then stops.</summary>
    public Task StopAsync()
    {
        queue.Close();
        return stopped.Task;
    }

    private void Run()
    {
        var batch = new List<StoreWrite>(options.BatchWritesMax);
        while (queue.Take(batch, options.BatchWritesMax, options.BatchBytesMax))
        {
            Write(batch);
            batch.Clear();
        }

        session?.Dispose();
        stopped.SetResult();
    }

    private void Write(List<StoreWrite> batch)
    {
        try
        {
            Commit(batch);
        }
        catch (SqliteFailureException failure) when (failure.Outside)
        {
            CloseSession();
            Volatile.Write(ref refused, refused + batch.Count);
            var unavailable = failure.ToUnavailable();
            foreach (var write in batch)
            {
                write.Fail(unavailable);
            }

            return;
        }
        catch (Exception fault)
        {
            CloseSession();
            if (batch.Count == 1)
            {
                batch[0].Fail(fault);
                return;
            }

            // One of them broke a belief of ours. Nobody else may suffer for it, so each goes alone.
            foreach (var write in batch)
            {
                Write([write]);
            }

            return;
        }

        foreach (var write in batch)
        {
            write.Succeed();
        }
    }

    private void Commit(List<StoreWrite> batch)
    {
        session ??= open();
        session.Begin();
        foreach (var write in batch)
        {
            write.Execute(session);
        }

        session.Commit();
        Volatile.Write(ref commits, commits + 1);
        Volatile.Write(ref writes, writes + batch.Count);
    }

    // Closing the connection rolls back what it had begun, whatever state an error left it in.
    private void CloseSession()
    {
        session?.Dispose();
        session = null;
    }
}
