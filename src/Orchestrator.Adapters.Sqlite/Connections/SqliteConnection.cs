using SQLitePCL;

namespace Orchestrator.Adapters.Sqlite.Connections;

/// <summary>One connection to one database file, used by one thread at a time.</summary>
/// <remarks>
/// Speaks to SQLite through its C interface: an append of the journal is three prepared statements of a microsecond or two each,
/// and an ADO.NET command around each of them costs as much again.
/// </remarks>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 database;
    private readonly Dictionary<string, SqliteStatement> prepared = new(StringComparer.Ordinal);

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 database) => this.database = database;

    public sqlite3 Handle => database;

    public bool InTransaction => raw.sqlite3_get_autocommit(database) == 0;

    public static SqliteConnection OpenReadWrite(string file, TimeSpan busyTimeout) =>
        Open(file, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, busyTimeout);

    public static SqliteConnection OpenReadOnly(string file, TimeSpan busyTimeout) => Open(file, raw.SQLITE_OPEN_READONLY, busyTimeout);

    private static SqliteConnection Open(string file, int flags, TimeSpan busyTimeout)
    {
        var code = raw.sqlite3_open_v2(file, out var database, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            var said = raw.sqlite3_errmsg(database).utf8_to_string();
            database.Dispose();
            throw new SqliteFailureException(code, $"opening {file}", said);
        }

        _ = raw.sqlite3_extended_result_codes(database, 1);
        _ = raw.sqlite3_busy_timeout(database, (int)busyTimeout.TotalMilliseconds);
        return new(database);
    }

    /// <summary>A new statement that the caller keeps and disposes of.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v2(database, sql, out var statement);
        return code == raw.SQLITE_OK ? new(database, statement, sql) : throw Failure(code, $"preparing \"{sql}\"");
    }

    /// <summary>A statement this connection keeps, for the next time the same text is asked for. The texts must be few.</summary>
    public SqliteStatement Prepared(string sql)
    {
        if (!prepared.TryGetValue(sql, out var statement))
        {
            prepared.Add(sql, statement = Prepare(sql));
        }

        return statement;
    }

    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        statement.Run();
    }

    public long Scalar(string sql)
    {
        using var statement = Prepare(sql);
        var value = statement.Step() ? statement.Int64(0) : throw new InvalidOperationException($"\"{sql}\" gave no row.");
        return value;
    }

    public string ScalarText(string sql)
    {
        using var statement = Prepare(sql);
        var value = statement.Step() ? statement.Text(0) : throw new InvalidOperationException($"\"{sql}\" gave no row.");
        return value;
    }

    /// <summary>The rows that the last statement inserted, changed or deleted.</summary>
    public int Changes() => raw.sqlite3_changes(database);

    public void Dispose()
    {
        foreach (var statement in prepared.Values)
        {
            statement.Dispose();
        }

        database.Dispose();
    }

    private SqliteFailureException Failure(int code, string doing)
    {
        var extended = raw.sqlite3_extended_errcode(database);
        return new(extended == raw.SQLITE_OK ? code : extended, doing, raw.sqlite3_errmsg(database).utf8_to_string());
    }
}
