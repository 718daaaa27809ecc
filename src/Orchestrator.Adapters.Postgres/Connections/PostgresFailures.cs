using System.Net.Sockets;
using Npgsql;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Adapters.Postgres.Connections;

/// <summary>What PostgreSQL and the way to it throw: the outside failing, a race to be run again, or a broken belief of ours.</summary>
internal static class PostgresFailures
{
    /// <summary>Two transactions stood in each other's way, and the server has rolled this one back whole: running it again is right and safe.</summary>
    public static bool IsRace(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <summary>The connection was closed under us, as a server does that is told to, or that goes. One that is only slow is not meant.</summary>
    public static bool IsClosed(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown }
        || failure is NpgsqlException { InnerException: IOException or SocketException };

    /// <summary>The server, its disk, the network, our rights or its limits: it may be gone by the next try.</summary>
    public static bool IsOutside(Exception failure) => failure switch
    {
        PostgresException said => IsOutside(said.SqlState),
        NpgsqlException or TimeoutException or SocketException or IOException => true,
        _ => false,
    };

    /// <summary>Whose message may be read by a user, and holds nothing secret: Npgsql puts no password into any.</summary>
    public static StorageUnavailableException ToUnavailable(Exception failure)
    {
        var full = failure is PostgresException { SqlState: PostgresErrorCodes.DiskFull };
        var said = failure is PostgresException { SqlState: var state, MessageText: var text } ? $"{text} ({state})" : failure.Message;
        return new(full ? $"The store has no room left. PostgreSQL says: {said}." : $"The store cannot be used now. PostgreSQL or the way to it says: {said}.", full, failure);
    }

    /// <summary>What happened, in one word: to log each cause once a second.</summary>
    public static string Cause(Exception failure) => failure is PostgresException said ? said.SqlState : (failure.InnerException ?? failure).GetType().Name;

    private static bool IsOutside(string state) =>
        state[..2] is "08" or "28" or "3D" or "53" or "55" or "57" or "58" or "F0"
        || state is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege
            or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted;
}
