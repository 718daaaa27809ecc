using System.Threading.Channels;

namespace Orchestrator.Adapters.Sqlite.Connections;

/// <summary>The connections that read. They see every commit that was acknowledged, and neither wait for the writer nor hold it up.</summary>
internal sealed class ReadPool : IDisposable
{
    private readonly Func<SqliteConnection> open;
    private readonly Channel<Slot> free;
    private readonly int size;

    public ReadPool(int size, Func<SqliteConnection> open)
    {
        this.open = open;
        this.size = size;
        free = Channel.CreateBounded<Slot>(size);
        for (var i = 0; i < size; i++)
        {
            free.Writer.TryWrite(new Slot());
        }
    }

    /// <summary>Runs a query on a free connection, waiting for one if need be.</summary>
    /// <exception cref="Orchestrator.Execution.Journals.StorageUnavailableException">The store is away.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> query, CancellationToken cancellationToken)
    {
        Slot slot;
        try
        {
            slot = await free.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqliteStore));
        }

        try
        {
            return query(slot.Connection ??= open());
        }
        catch (Exception failure)
        {
            // Whatever state the error left it in, the next reader gets a fresh one.
            slot.Connection?.Dispose();
            slot.Connection = null;
            if (failure is SqliteFailureException { Outside: true } outside)
            {
                throw outside.ToUnavailable();
            }

            throw;
        }
        finally
        {
            if (!free.Writer.TryWrite(slot))
            {
                slot.Connection?.Dispose();
            }
        }
    }

    /// <summary>Closes the connections that are free now, and each of the others when its query ends.</summary>
    public void Dispose()
    {
        free.Writer.TryComplete();
        for (var i = 0; i < size && free.Reader.TryRead(out var slot); i++)
        {
            slot.Connection?.Dispose();
        }
    }

    private sealed class Slot
    {
        public SqliteConnection? Connection { get; set; }
    }
}
