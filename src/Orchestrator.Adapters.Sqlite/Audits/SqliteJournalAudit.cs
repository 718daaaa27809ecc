using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Execution.Audits;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Audits;

/// <summary>Suspects found by one statement, so each row is seen together with the events that were committed with it.</summary>
internal sealed class SqliteJournalAudit(ReadPool reads) : IJournalAudit
{
    /// <summary>Of a workflow's events so many are looked at, the newest: what a look costs has a limit, however long a history is.</summary>
    private const int EventsMax = 1_000;

    // No key is higher: what follows a first FF is text, which has none.
    private static readonly byte[] AboveAll = [0xFF, 0xFF];

    // A payload may hold the words that an end is told by; those that seem ended are suspects and no more. Every row that was looked at comes back, for the page's end.
    private const string Look =
        """
        WITH looked AS MATERIALIZED (
          SELECT w.id, w.version, w.epoch, w.status, w.waiting_for, w.due_at,
            (SELECT j.frame FROM journal j WHERE j.workflow = w.id ORDER BY j.last DESC LIMIT 1) AS frame
          FROM workflow w WHERE w.id < ?1 ORDER BY w.id DESC LIMIT ?2
        ), appended AS (
          SELECT l.id, l.version, j.last, j.last - j.count AS after, LAG(j.last) OVER (PARTITION BY l.id ORDER BY j.last) AS before
          FROM looked l JOIN journal j ON j.workflow = l.id AND j.last > l.version - ?3
        ), counted AS (
          SELECT a.id, MAX(a.last) AS last, MAX(CASE WHEN a.before IS NULL THEN a.after > MAX(0, a.version - ?3) ELSE a.after <> a.before END) AS broken
          FROM appended a GROUP BY a.id
        ), known AS (
          SELECT l.*, c.last, c.broken,
            CASE WHEN INSTR(l.frame, CAST('"workflow.completed/' AS BLOB)) > 0 THEN 6 WHEN INSTR(l.frame, CAST('"workflow.failed/' AS BLOB)) > 0 THEN 7
              WHEN INSTR(l.frame, CAST('"workflow.cancelled/' AS BLOB)) > 0 THEN 8 WHEN INSTR(l.frame, CAST('"workflow.timed-out/' AS BLOB)) > 0 THEN 9 END AS told,
            INSTR(l.frame, CAST('"step.late-answer-kept/' AS BLOB)) > 0 AS late
          FROM looked l LEFT JOIN counted c ON c.id = l.id
        )
        SELECT k.id,
          CASE WHEN k.status < 6 THEN k.told IS NOT NULL ELSE k.told IS NOT k.status AND NOT COALESCE(k.late, 0) END,
          k.last IS NOT k.version OR COALESCE(k.broken, 0),
          k.status < 6 AND k.status <> 4 AND k.due_at IS NULL AND (k.waiting_for IS NULL OR k.waiting_for NOT IN (8, 9)),
          k.epoch > (SELECT MAX(e.number) FROM epoch e)
        FROM known k ORDER BY k.id DESC
        """;

    public ValueTask<AuditPage> LookAsync(WorkflowId? after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection =>
            {
                var rows = connection.Prepared(Look).Bind(1, after is { } from ? WorkflowKey.Of(from) : AboveAll).Bind(2, limit).Bind(3, EventsMax);
                var looked = 0;
                WorkflowId last = default;
                var suspects = ImmutableArray.CreateBuilder<AuditSuspect>();
                while (rows.Step())
                {
                    looked++;
                    last = WorkflowKey.Parse(rows.Blob(0));
                    for (var rule = AuditRule.Final; rule <= AuditRule.Writer; rule++)
                    {
                        if (rows.Int32((int)rule) != 0)
                        {
                            suspects.Add(new(last, rule));
                        }
                    }
                }

                return new AuditPage(looked, looked == limit ? last : null, suspects.DrainToImmutable());
            },
            cancellationToken);
}
