using System.Collections.Immutable;

namespace Orchestrator.Adapters.Sqlite.Schema;

/// <summary>Every table of the store, in the order in which they came to be. What the columns mean stands in docs/storage.md.</summary>
internal static class SchemaMigrations
{
    public static ImmutableArray<SchemaMigration> All { get; } =
    [
        new(1,
        [
            """
            CREATE TABLE epoch (
              number INTEGER PRIMARY KEY,
              started_at INTEGER NOT NULL,
              process_id INTEGER NOT NULL
            )
            """,
            """
            CREATE TABLE journal (
              workflow BLOB NOT NULL,
              last INTEGER NOT NULL,
              count INTEGER NOT NULL CHECK (count > 0),
              at INTEGER NOT NULL,
              frame BLOB NOT NULL,
              PRIMARY KEY (workflow, last)
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE workflow (
              id BLOB NOT NULL PRIMARY KEY,
              version INTEGER NOT NULL,
              epoch INTEGER NOT NULL,
              status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 9),
              waiting_for INTEGER,
              priority INTEGER NOT NULL,
              steps_done INTEGER NOT NULL,
              steps_known INTEGER NOT NULL,
              created_at INTEGER NOT NULL,
              updated_at INTEGER NOT NULL,
              due_at INTEGER,
              calls_out INTEGER NOT NULL,
              failure_code TEXT,
              plan_id TEXT NOT NULL,
              plan_name TEXT,
              tags TEXT,
              origin BLOB
            ) WITHOUT ROWID
            """,
            // The list, newest first, and the retention, oldest first.
            "CREATE INDEX workflow_created ON workflow (created_at, id)",
            // Most of what is kept has completed; everything else can be found by its status.
            "CREATE INDEX workflow_status ON workflow (status, created_at, id) WHERE status <> 6",
            // The sweeper's two questions. A finished workflow is in neither index.
            "CREATE INDEX workflow_due ON workflow (due_at, id) WHERE due_at IS NOT NULL AND status < 6",
            "CREATE INDEX workflow_calls ON workflow (epoch, id) WHERE calls_out > 0 AND status < 6",
            """
            CREATE TRIGGER workflow_final BEFORE UPDATE OF status ON workflow
            WHEN OLD.status >= 6 AND NEW.status <> OLD.status
            BEGIN
              SELECT RAISE(ABORT, 'a finished workflow never changes state');
            END
            """,
            """
            CREATE TABLE workflow_tag (
              name TEXT NOT NULL,
              value TEXT NOT NULL,
              created_at INTEGER NOT NULL,
              id BLOB NOT NULL,
              PRIMARY KEY (name, value, created_at, id)
            ) WITHOUT ROWID
            """,
            "CREATE TABLE workflow_count (status INTEGER NOT NULL PRIMARY KEY, count INTEGER NOT NULL)",
            """
            CREATE TABLE request (
              key TEXT NOT NULL PRIMARY KEY,
              fingerprint TEXT NOT NULL,
              workflow BLOB NOT NULL,
              at INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE INDEX request_at ON request (at)",
            """
            CREATE TABLE dead_letter (
              workflow BLOB NOT NULL,
              step TEXT NOT NULL,
              at INTEGER NOT NULL,
              agent TEXT,
              action TEXT,
              failure TEXT NOT NULL,
              attempts INTEGER NOT NULL,
              quarantined INTEGER NOT NULL,
              redriven BLOB,
              PRIMARY KEY (workflow, step)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX dead_letter_at ON dead_letter (at, workflow, step)",
        ]),
        new(2,
        [
            """
            CREATE TABLE grain_state (
              grain TEXT NOT NULL,
              name TEXT NOT NULL,
              etag INTEGER NOT NULL,
              state BLOB NOT NULL,
              updated_at INTEGER NOT NULL,
              PRIMARY KEY (grain, name)
            ) WITHOUT ROWID
            """,
        ]),
        new(3,
        [
            """
            CREATE TABLE grain_reminder (
              grain TEXT NOT NULL,
              name TEXT NOT NULL,
              start_at INTEGER NOT NULL,
              period INTEGER NOT NULL,
              PRIMARY KEY (grain, name)
            ) WITHOUT ROWID
            """,
        ]),
        new(4,
        [
            """
            CREATE TABLE topic (
              key INTEGER PRIMARY KEY,
              name TEXT NOT NULL UNIQUE,
              first INTEGER NOT NULL,
              last INTEGER NOT NULL,
              last_at INTEGER NOT NULL
            )
            """,
            """
            CREATE TABLE topic_event (
              topic INTEGER NOT NULL,
              number INTEGER NOT NULL,
              at INTEGER NOT NULL,
              id TEXT NOT NULL,
              source TEXT NOT NULL,
              type TEXT NOT NULL,
              subject TEXT,
              attributes TEXT,
              data BLOB NOT NULL,
              PRIMARY KEY (topic, number)
            ) WITHOUT ROWID
            """,
            // One event is taken once, as long as it is kept.
            "CREATE UNIQUE INDEX topic_event_identity ON topic_event (topic, source, id)",
        ]),
        // A start that ended in good order says when; one that died never does.
        new(5, ["ALTER TABLE epoch ADD COLUMN left_at INTEGER"]),
        new(6,
        [
            // A key is never given twice, or a removal that comes late would take what nobody has been told.
            "CREATE TABLE news (key INTEGER PRIMARY KEY AUTOINCREMENT, event BLOB NOT NULL)",
        ]),
        // News stand in their topic with the append that leaves them. What has not been told goes there now; what was told and not yet removed is there already.
        new(7,
        [
            "INSERT OR IGNORE INTO topic (name, first, last, last_at) SELECT 'workflows', 1, 0, 0 WHERE EXISTS (SELECT 1 FROM news)",
            """
            INSERT INTO topic_event (topic, number, at, id, source, type, subject, attributes, data)
            SELECT t.key, t.last + row_number() OVER (ORDER BY n.key), t.last_at, json_extract(n.event, '$.id'), json_extract(n.event, '$.source'), json_extract(n.event, '$.type'),
              json_extract(n.event, '$.subject'), json_extract(n.event, '$.attributes'), CAST(json_extract(n.event, '$.data') AS BLOB)
            FROM (SELECT key, CAST(event AS TEXT) AS event FROM news) n JOIN topic t ON t.name = 'workflows'
            WHERE NOT EXISTS (SELECT 1 FROM topic_event e WHERE e.topic = t.key AND e.source = json_extract(n.event, '$.source') AND e.id = json_extract(n.event, '$.id'))
            """,
            "UPDATE topic SET last = max(last, coalesce((SELECT max(number) FROM topic_event e WHERE e.topic = topic.key), 0)) WHERE name = 'workflows'",
            "DROP TABLE news",
        ]),
        new(8,
        [
            """
            CREATE TABLE approval (
              workflow BLOB NOT NULL,
              step TEXT NOT NULL,
              at INTEGER NOT NULL,
              status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 5),
              plan_id TEXT NOT NULL,
              plan_name TEXT,
              approvers TEXT,
              record TEXT NOT NULL,
              PRIMARY KEY (workflow, step)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX approval_at ON approval (at, workflow, step)",
            // Of all that were ever asked, few wait.
            "CREATE INDEX approval_waiting ON approval (at, workflow, step) WHERE status = 1",
            // What unfinished workflows ask stands in their journals, which a statement cannot read.
            "CREATE TABLE approval_owed (workflow BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID",
            "INSERT INTO approval_owed SELECT id FROM workflow WHERE status < 6",
        ]),
        // A large row in a table without rowids would be read with every key that is looked for.
        new(9,
        [
            """
            CREATE TABLE blob (
              digest BLOB NOT NULL PRIMARY KEY,
              upload TEXT NOT NULL,
              bytes INTEGER NOT NULL,
              parts INTEGER NOT NULL,
              type TEXT NOT NULL,
              at INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE TABLE blob_part (upload TEXT NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL, UNIQUE (upload, number))",
            "CREATE TABLE blob_upload (upload TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
            "CREATE TABLE blob_use (workflow BLOB NOT NULL, digest BLOB NOT NULL, unsure_at INTEGER, PRIMARY KEY (workflow, digest)) WITHOUT ROWID",
            "CREATE INDEX blob_at ON blob (at)",
            "CREATE INDEX blob_upload_at ON blob_upload (at)",
            "CREATE INDEX blob_use_digest ON blob_use (digest)",
            // Until its workflow is seen to exist, a use may be of one that never will.
            "CREATE INDEX blob_use_unsure ON blob_use (unsure_at) WHERE unsure_at IS NOT NULL",
        ]),
    ];
}
