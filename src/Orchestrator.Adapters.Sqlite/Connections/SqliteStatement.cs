using SQLitePCL;

namespace Orchestrator.Adapters.Sqlite.Connections;

/// <summary>A prepared statement, used by one thread at a time. Parameters count from 1, columns from 0, as in SQLite.</summary>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement, string sql) : IDisposable
{
    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, long? value) => value is { } number ? Bind(parameter, number) : BindNull(parameter);

    public SqliteStatement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            return BindNull(parameter);
        }

        Check(raw.sqlite3_bind_text(statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, byte[]? value)
    {
        if (value is null)
        {
            return BindNull(parameter);
        }

        // An empty span has no address, and SQLite takes a blob without an address for NULL.
        Check(value.Length == 0 ? raw.sqlite3_bind_zeroblob(statement, parameter, 0) : raw.sqlite3_bind_blob(statement, parameter, value));
        return this;
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>False when there is none; the statement is then ready to be run again.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        var failure = code == raw.SQLITE_DONE ? null : Failure();
        Reset();
        return failure is null ? false : throw failure;
    }

    /// <summary>Runs a statement whose rows, if any, are not wanted.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Ends the reading of rows. What was bound stays bound.</summary>
    public void Reset() => _ = raw.sqlite3_reset(statement); // Repeats the error of the step before, which has been reported.

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int32(int column) => checked((int)Int64(column));

    public long? NullableInt64(int column) => IsNull(column) ? null : Int64(column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public string? NullableText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>The bytes stay valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    public void Dispose() => statement.Dispose();

    private SqliteStatement BindNull(int parameter)
    {
        Check(raw.sqlite3_bind_null(statement, parameter));
        return this;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure();
        }
    }

    private SqliteFailureException Failure() =>
        new(raw.sqlite3_extended_errcode(database), $"running \"{sql}\"", raw.sqlite3_errmsg(database).utf8_to_string());
}
