using System.Collections.Immutable;

namespace Orchestrator.Adapters.Postgres.Schema;

/// <summary>Every table of the store, in the order in which they came to be. What the columns mean, and how a schema changes under a running cluster, stands in docs/storage.md.</summary>
internal static class SchemaMigrations
{
    public static ImmutableArray<SchemaMigration> All { get; } =
    [
        new(1, UsableFrom: 1,
        [
            """
            create table processes (
              epoch bigint generated always as identity primary key,
              owner text not null,
              started_at timestamptz not null,
              renewed_at timestamptz not null,
              renewed_until timestamptz not null,
              ended_at timestamptz,
              ended text check (ended in ('left', 'lost')),
              check ((ended_at is null) = (ended is null))
            ) with (fillfactor = 50)
            """,
            // Its first event is the key: two appends that have seen the same last event are two rows of one key, and one of them cannot be.
            """
            create table journal (
              workflow bytea not null,
              first bigint not null check (first > 0),
              count integer not null check (count > 0),
              at bigint not null,
              epoch bigint not null,
              frame bytea not null,
              primary key (workflow, first)
            )
            """,
            // Room in each page lets most updates stay in theirs and touch no index.
            """
            create table workflow (
              id bytea primary key,
              version bigint not null,
              epoch bigint not null,
              status smallint not null check (status between 1 and 9),
              status_before smallint not null,
              waiting_for smallint,
              priority integer not null,
              steps_done integer not null,
              steps_known integer not null,
              created_at bigint not null,
              updated_at bigint not null,
              due_at bigint,
              calls_out integer not null,
              rests integer not null default 0,
              rest_until timestamptz,
              failure_code text,
              plan_id text not null,
              plan_name text,
              tags text,
              origin bytea
            ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05)
            """,
            "create index workflow_created on workflow (created_at, id)",
            // Most of what is kept has completed; everything else can be found by its status.
            "create index workflow_status on workflow (status, created_at, id) where status <> 6",
            // The sweeper's two questions. A finished workflow is in neither index.
            "create index workflow_due on workflow (due_at, id) where due_at is not null and status < 6",
            "create index workflow_calls on workflow (epoch, id) where calls_out > 0 and status < 6",
            """
            create function workflow_is_final() returns trigger language plpgsql as $body$
            begin
              raise exception 'a finished workflow never changes state' using errcode = 'check_violation';
            end
            $body$
            """,
            """
            create trigger workflow_final before update of status on workflow
            for each row when (old.status >= 6 and new.status <> old.status) execute function workflow_is_final()
            """,
            """
            create table workflow_tag (
              name text collate "C" not null,
              value text collate "C" not null,
              created_at bigint not null,
              id bytea not null,
              primary key (name, value, created_at, id)
            )
            """,
            // Each writer counts in a slot of its own, so that no batch waits for another's commit; the count is their sum.
            """
            create table workflow_count (
              slot integer not null,
              status smallint not null,
              count bigint not null,
              primary key (slot, status)
            ) with (fillfactor = 50)
            """,
            """
            create table request (
              key text collate "C" primary key,
              fingerprint text not null,
              workflow bytea not null,
              at bigint not null
            )
            """,
            "create index request_at on request (at)",
            """
            create table dead_letter (
              workflow bytea not null,
              step text collate "C" not null,
              at bigint not null,
              agent text,
              action text,
              failure text not null,
              attempts integer not null,
              quarantined boolean not null,
              redriven bytea,
              primary key (workflow, step)
            )
            """,
            "create index dead_letter_at on dead_letter (at, workflow, step)",
            "create table news (key bigint generated always as identity primary key, event bytea not null)",
            """
            create function ticks_now() returns bigint language sql volatile as
            $body$ select (extract(epoch from clock_timestamp()) * 10000000)::bigint + 621355968000000000 $body$
            """,
            AppendFunction.Version1,
        ]),
        new(2, UsableFrom: 1,
        [
            // No two versions of a record, of this grain or another, ever have the same ETag.
            "create sequence grain_etag",
            """
            create table grain_state (
              grain text collate "C" not null,
              name text collate "C" not null,
              etag bigint not null,
              state bytea not null,
              updated_at timestamptz not null,
              primary key (grain, name)
            )
            """,
            """
            create table grain_reminder (
              grain text collate "C" not null,
              name text collate "C" not null,
              start_at bigint not null,
              period bigint not null,
              primary key (grain, name)
            )
            """,
        ]),
        new(3, UsableFrom: 1,
        [
            """
            create table topic (
              key bigint generated always as identity primary key,
              name text collate "C" not null unique,
              first bigint not null,
              last bigint not null,
              last_at bigint not null
            ) with (fillfactor = 50)
            """,
            """
            create table topic_event (
              topic bigint not null,
              number bigint not null,
              at bigint not null,
              id text collate "C" not null,
              source text collate "C" not null,
              event bytea not null,
              primary key (topic, number)
            )
            """,
            // One event is taken once, as long as it is kept.
            "create unique index topic_event_identity on topic_event (topic, source, id)",
        ]),
        new(4, UsableFrom: 1,
        [
            // After and not before the update: a trigger before it locks each row first, which is written to the log too.
            "drop trigger workflow_final on workflow",
            """
            create trigger workflow_final after update of status on workflow
            for each row when (old.status >= 6 and new.status <> old.status) execute function workflow_is_final()
            """,
            AppendFunction.Version2,
        ]),
        // A process that shares the database with no other says so.
        new(5, UsableFrom: 1, ["alter table processes add column alone boolean not null default false"]),
        new(6, UsableFrom: 1,
        [
            """
            create table approval (
              workflow bytea not null,
              step text collate "C" not null,
              at bigint not null,
              status smallint not null check (status between 1 and 5),
              plan_id text not null,
              plan_name text,
              approvers text[],
              record text not null,
              primary key (workflow, step)
            )
            """,
            "create index approval_at on approval (at, workflow, step)",
            // Of all that were ever asked, few wait.
            "create index approval_waiting on approval (at, workflow, step) where status = 1",
            // What unfinished workflows ask stands in their journals, which a statement cannot read.
            "create table approval_owed (workflow bytea primary key)",
            "insert into approval_owed select w.id from workflow w where w.status < 6",
            AppendFunction.Version3,
        ]),
        new(7, UsableFrom: 1,
        [
            """
            create table blob (
              digest bytea primary key,
              upload text collate "C" not null,
              bytes bigint not null,
              parts integer not null,
              type text not null,
              at bigint not null
            )
            """,
            "create table blob_part (upload text collate \"C\" not null, number integer not null, content bytea not null, primary key (upload, number))",
            // What is worth compressing has been compressed by whoever sent it, and the rest is not worth the time.
            "alter table blob_part alter column content set storage external",
            "create table blob_upload (upload text collate \"C\" primary key, at bigint not null)",
            "create table blob_use (workflow bytea not null, digest bytea not null, unsure_at bigint, primary key (workflow, digest))",
            "create index blob_at on blob (at)",
            "create index blob_upload_at on blob_upload (at)",
            "create index blob_use_digest on blob_use (digest)",
            // Until its workflow is seen to exist, a use may be of one that never will.
            "create index blob_use_unsure on blob_use (unsure_at) where unsure_at is not null",
        ]),
    ];
}
