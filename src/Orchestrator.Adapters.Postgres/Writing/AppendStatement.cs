using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Orchestrator.Adapters.Postgres.Journals;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Writing;

/// <summary>The one statement that judges and writes a batch, on one connection: a transaction of its own, and one round trip.</summary>
internal sealed class AppendStatement : IAsyncDisposable
{
    private static readonly NpgsqlDbType[] Arrays =
    [
        NpgsqlDbType.Bytea, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Bytea,
        NpgsqlDbType.Bigint, NpgsqlDbType.Smallint, NpgsqlDbType.Smallint, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Integer,
        NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Text,
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bytea,
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Bytea, NpgsqlDbType.Text,
    ];

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;

    private AppendStatement(NpgsqlConnection connection, int slot)
    {
        this.connection = connection;
        var places = string.Join(", ", Enumerable.Range(1, Arrays.Length + 1).Select(place => "$" + place));
        command = new NpgsqlCommand($"select * from append_3({places})", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = slot, NpgsqlDbType = NpgsqlDbType.Integer });
        foreach (var type in Arrays)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type });
        }
    }

    public static async Task<AppendStatement> PrepareAsync(NpgsqlConnection connection, int slot, CancellationToken cancellationToken)
    {
        var statement = new AppendStatement(connection, slot);
        try
        {
            await statement.command.PrepareAsync(cancellationToken);
            return statement;
        }
        catch
        {
            await statement.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the batch. When this returns, what its answers say is durable.</summary>
    /// <returns>One outcome for each append, in order; an exception in its place for one that is a fault; null for one that has to be judged again.</returns>
    public async Task<object?[]> RunAsync(IReadOnlyList<PendingAppend> batch, CancellationToken cancellationToken)
    {
        Bind(batch);
        var answers = new object?[batch.Count];
        Array.Fill(answers, AppendOutcome.Appended.Instance);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var refused = 0;
        var kept = -1L;
        while (await rows.ReadAsync(cancellationToken))
        {
            var number = rows.GetInt64(0);
            if (number == 0)
            {
                kept = rows.GetInt64(1);
                continue;
            }

            refused++;
            answers[number - 1] = Answer(rows, batch[(int)number - 1].Append);
        }

        return kept + refused == batch.Count
            ? answers
            : throw new InvalidOperationException($"Of a batch of {batch.Count} appends, PostgreSQL says it has kept {kept} and refused {refused}.");
    }

    public async ValueTask DisposeAsync()
    {
        await command.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static object? Answer(NpgsqlDataReader row, JournalAppend append)
    {
        if (!row.IsDBNull(4))
        {
            return new AppendOutcome.RequestSeen(WorkflowKey.Parse(row.GetFieldValue<byte[]>(4)), row.GetString(5));
        }

        try
        {
            return AppendRules.Judge(new JournalHead(row.GetInt64(1), row.GetInt64(2), (WorkflowStatus)row.GetInt16(3)), append);
        }
        catch (InvalidOperationException fault)
        {
            return fault;
        }
    }

    private void Bind(IReadOnlyList<PendingAppend> batch)
    {
        var place = 1;
        Set(append => append.Key);
        Set(append => append.Append.ExpectedVersion);
        Set(append => append.Append.Entries.Length);
        Set(append => append.Frame);
        Set(append => append.Append.Summary.Epoch);
        Set(append => (short)append.Append.Summary.Status);
        Set(append => (short?)append.Append.Summary.WaitingFor);
        Set(append => append.Append.Summary.Priority);
        Set(append => append.Append.Summary.StepsDone);
        Set(append => append.Append.Summary.StepsKnown);
        Set(append => append.Append.Summary.CreatedAt.UtcTicks);
        Set(append => append.Append.Summary.UpdatedAt.UtcTicks);
        Set(append => append.Append.Summary.DueAt?.UtcTicks);
        Set(append => append.Append.Summary.CallsOut);
        Set(append => Rows.Text(append.Append.Summary.FailureCode));

        // What a workflow is accepted with is written once.
        Set(append => append.Append.ExpectedVersion == 0 ? Rows.Text(append.Append.Summary.PlanId) : null);
        Set(append => append.Append.ExpectedVersion == 0 ? Rows.Text(append.Append.Summary.PlanName) : null);
        SetIfAny(append => append.Append.ExpectedVersion == 0 ? Rows.Tags(append.Append.Summary.Tags) : null);
        SetIfAny(append => append.Append is { ExpectedVersion: 0, Summary.From: { } origin } ? WorkflowKey.Of(origin) : null);
        SetIfAny(append => append.Append.Request?.Key);
        SetIfAny(append => append.Append.Request?.Fingerprint);
        SetIfAny(append => Letters(append.Append));
        var news = batch.SelectMany((append, i) => append.News.Select(one => (Number: i + 1L, Event: one))).ToArray();
        command.Parameters[place++].Value = news.Length == 0 ? DBNull.Value : news.Select(one => one.Number).ToArray();
        command.Parameters[place++].Value = news.Length == 0 ? DBNull.Value : news.Select(one => one.Event).ToArray();
        SetIfAny(append => ApprovalRows.Of(append.Append));

        // What none of them has is null as a whole, and the server passes it over.
        void SetIfAny<T>(Func<PendingAppend, T?> value)
            where T : class
        {
            Set(value);
            if (Array.TrueForAll((T?[])command.Parameters[place - 1].Value!, one => one is null))
            {
                command.Parameters[place - 1].Value = DBNull.Value;
            }
        }

        void Set<T>(Func<PendingAppend, T> value)
        {
            var values = new T[batch.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = value(batch[i]);
            }

            command.Parameters[place++].Value = values;
        }
    }

    private static string? Letters(JournalAppend append)
    {
        if (append.DeadLetters.IsDefaultOrEmpty)
        {
            return null;
        }

        return JsonSerializer.Serialize(append.DeadLetters.Select(letter => new
        {
            step = letter.Step.Value,
            at = letter.At.UtcTicks,
            agent = Rows.Text(letter.Agent),
            action = Rows.Text(letter.Action),
            failure = JsonSerializer.Serialize(letter.Failure, VocabularyJson.Types.StepFailure),
            attempts = letter.Attempts,
            quarantined = letter.Quarantined,
            redriven = letter.RedrivenAs is { } by ? Convert.ToHexStringLower(WorkflowKey.Of(by)) : null,
        }));
    }
}
