using System.Collections.Immutable;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Audits;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Audits;

/// <summary>Suspects found by one statement, so each row is seen together with the events that were committed with it.</summary>
internal sealed class PostgresJournalAudit(PostgresSource source) : IJournalAudit
{
    /// <summary>Of a workflow's appends so many are looked at, the newest: what a look costs has a limit, however long a history is.</summary>
    private const int AppendsMax = 1_000;

    // No key is higher: what follows a first FF is text, which has none.
    private static readonly byte[] AboveAll = [0xFF, 0xFF];

    // A payload may hold the words that an end is told by; those that seem ended are suspects and no more. The first row says how far the look went.
    private const string Look =
        """
        with looked as materialized (
          select w.id, w.version, w.epoch, w.status, w.status_before, w.waiting_for, w.due_at from workflow w where w.id < $1 order by w.id desc limit $2
        ), known as (
          select l.*, newest.epoch as appended_by, counted.last, counted.broken,
            case when position('"workflow.completed/'::bytea in newest.frame) > 0 then 6 when position('"workflow.failed/'::bytea in newest.frame) > 0 then 7
              when position('"workflow.cancelled/'::bytea in newest.frame) > 0 then 8 when position('"workflow.timed-out/'::bytea in newest.frame) > 0 then 9 end as told,
            position('"step.late-answer-kept/'::bytea in newest.frame) > 0 as late
          from looked l
          left join lateral (select j.epoch, j.frame from journal j where j.workflow = l.id order by j.first desc limit 1) newest on true
          left join lateral (
            select max(a.first + a.count - 1) as last, bool_or(a.first <> a.after + 1) or (count(*) < $3 and min(a.first) <> 1) as broken
            from (
              select r.first, r.count, lag(r.first + r.count - 1) over (order by r.first) as after
              from (select j.first, j.count from journal j where j.workflow = l.id order by j.first desc limit $3) r
            ) a
          ) counted on true
        )
        select 0 as rule, (select id from looked order by id limit 1) as id, (select count(*) from looked)::integer as looked
        union all select 1, k.id, 0 from known k
          where (k.status_before >= 6 and k.status <> k.status_before) or (k.status < 6 and k.told is not null) or (k.status >= 6 and k.told is distinct from k.status and not coalesce(k.late, false))
        union all select 2, k.id, 0 from known k where k.last is distinct from k.version or coalesce(k.broken, false)
        union all select 3, k.id, 0 from known k where k.status < 6 and k.status <> 4 and k.due_at is null and (k.waiting_for is null or k.waiting_for not in (8, 9))
        union all select 4, k.id, 0 from known k where k.epoch <> k.appended_by or k.epoch > (select max(p.epoch) from processes p)
        """;

    public ValueTask<AuditPage> LookAsync(WorkflowId? after, int limit, CancellationToken cancellationToken) =>
        source.ReadAsync((connection, cancelled) => LookAsync(connection, after is { } from ? WorkflowKey.Of(from) : AboveAll, limit, cancelled), cancellationToken);

    private static async Task<AuditPage> LookAsync(NpgsqlConnection connection, byte[] below, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Look, connection)
        {
            Parameters = { new() { Value = below }, new() { Value = limit }, new() { Value = AppendsMax } },
        };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var looked = 0;
        WorkflowId? last = null;
        var suspects = ImmutableArray.CreateBuilder<AuditSuspect>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var rule = (AuditRule)rows.GetInt32(0);
            if (rule == AuditRule.None)
            {
                looked = rows.GetInt32(2);
                last = looked == limit ? WorkflowKey.Parse(rows.GetFieldValue<byte[]>(1)) : null;
            }
            else
            {
                suspects.Add(new(WorkflowKey.Parse(rows.GetFieldValue<byte[]>(1)), rule));
            }
        }

        return new(looked, last, suspects.DrainToImmutable());
    }
}
