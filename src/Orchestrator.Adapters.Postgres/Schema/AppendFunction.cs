namespace Orchestrator.Adapters.Postgres.Schema;

/// <summary>The function that judges and writes one batch of appends. A released version is never changed: processes of the version before still call it.</summary>
/// <remarks>
/// Every statement in it sees what was committed when that statement began (READ COMMITTED). Locks are taken in one order by everybody, so that two
/// batches seldom wait for each other in a circle: first idempotency keys, then rows that exist, then rows that come to be, each in the order of their key.
/// The caller of version 2 sends its appends in the order of their workflows' keys.
/// <list type="bullet">
/// <item>Two batches with one idempotency key: the second insert waits for the first one's commit and then does nothing. Its append is answered with what the first has started.</item>
/// <item>Two batches with one workflow that exists: the second update waits, then looks at the row again as the first has left it, finds another version and leaves it alone.</item>
/// <item>Two batches that begin one workflow: the second insert waits and then does nothing.</item>
/// <item>Two batches with one key, where the first one's append turns out to conflict: its key is deleted again, and the second insert, which has waited, takes place.</item>
/// <item>A sweeper's claim changes a row between: the update waits and looks again; a claim changes no version, so the append goes on, and ends the rest.</item>
/// <item>Retention deletes a row between: the update waits and finds none. The append conflicts, with a workflow that does not exist.</item>
/// </list>
/// A batch holds a workflow once and a key once, which its writer sees to. The answer has one row for each append that was not made, and one of number 0
/// with how many were.
/// </remarks>
internal static class AppendFunction
{
    public const string Version1 =
        """
        create function append_1(
          p_slot integer,
          p_ids bytea[], p_expected bigint[], p_counts integer[], p_frames bytea[],
          p_epochs bigint[], p_statuses smallint[], p_waits smallint[], p_priorities integer[], p_done integer[], p_known integer[],
          p_created bigint[], p_updated bigint[], p_due bigint[], p_calls integer[], p_failures text[],
          p_plans text[], p_names text[], p_tags text[], p_origins bytea[],
          p_keys text[], p_fingerprints text[], p_letters text[], p_news_of bigint[], p_news bytea[])
        returns table (number bigint, head_version bigint, head_epoch bigint, head_status smallint, seen_workflow bytea, seen_fingerprint text)
        language plpgsql volatile as $body$
        declare
          v_keyed boolean := exists (select from unnest(p_keys) k where k is not null);
          v_fresh text[] := '{}';
          v_kept bigint[];
        begin
          if v_keyed then
            with asked as (
              select * from unnest(p_keys, p_fingerprints, p_ids, p_updated) as a(key, fingerprint, id, at) where a.key is not null order by a.key
            ), taken as (
              insert into request (key, fingerprint, workflow, at) select a.key, a.fingerprint, a.id, a.at from asked a
              on conflict do nothing
              returning request.key
            )
            select coalesce(array_agg(t.key), '{}') into v_fresh from taken t;
          end if;

          with asked as materialized (
            select *
            from unnest(p_ids, p_expected, p_counts, p_frames, p_epochs, p_statuses, p_waits, p_priorities, p_done, p_known,
                p_created, p_updated, p_due, p_calls, p_failures, p_plans, p_names, p_tags, p_origins, p_keys, p_letters)
              with ordinality as o(id, expected, count, frame, epoch, status, wait, priority, done, known,
                created, updated, due, calls, failure, plan, name, tags, origin, key, letters, n)
            where o.key is null or o.key = any(v_fresh)
          ), moved as (
            update workflow w set
              version = a.expected + a.count, epoch = a.epoch, status_before = w.status, status = a.status, waiting_for = a.wait, priority = a.priority,
              steps_done = a.done, steps_known = a.known, updated_at = a.updated, due_at = a.due, calls_out = a.calls, failure_code = a.failure,
              rests = 0, rest_until = null
            from (select * from asked where asked.expected > 0 order by asked.id) a
            where w.id = a.id and w.version = a.expected and (w.status < 6 or w.status = a.status)
            returning a.n, w.status_before as before, w.status as after
          ), begun as (
            insert into workflow (id, version, epoch, status, status_before, waiting_for, priority, steps_done, steps_known, created_at, updated_at,
              due_at, calls_out, failure_code, plan_id, plan_name, tags, origin)
            select a.id, a.count, a.epoch, a.status, 0, a.wait, a.priority, a.done, a.known, a.created, a.updated,
              a.due, a.calls, a.failure, a.plan, a.name, a.tags, a.origin
            from asked a where a.expected = 0 order by a.id
            on conflict (id) do nothing
            returning workflow.id
          ), kept as materialized (
            select m.n, m.before, m.after from moved m
            union all
            select a.n, 0, a.status from begun b join asked a on a.id = b.id
          ), framed as (
            insert into journal (workflow, first, count, at, epoch, frame)
            select a.id, a.expected + 1, a.count, a.updated, a.epoch, a.frame from kept k join asked a on a.n = k.n
          ), tagged as (
            insert into workflow_tag (name, value, created_at, id)
            select t.key, t.value, a.created, a.id
            from kept k join asked a on a.n = k.n cross join lateral json_each_text(a.tags::json) t
            where k.before = 0 and a.tags is not null
          ), lettered as (
            insert into dead_letter (workflow, step, at, agent, action, failure, attempts, quarantined, redriven)
            select a.id, l.step, l.at, l.agent, l.action, l.failure, l.attempts, l.quarantined, decode(l.redriven, 'hex')
            from kept k join asked a on a.n = k.n cross join lateral json_to_recordset(a.letters::json)
              as l(step text, at bigint, agent text, action text, failure text, attempts integer, quarantined boolean, redriven text)
            where a.letters is not null
            on conflict (workflow, step) do update set at = excluded.at, agent = excluded.agent, action = excluded.action, failure = excluded.failure,
              attempts = excluded.attempts, quarantined = excluded.quarantined, redriven = excluded.redriven
          ), told as (
            insert into news (event) select e.event from unnest(p_news_of, p_news) with ordinality e(n, event, place) join kept k on k.n = e.n order by e.place
          ), counted as (
            insert into workflow_count as c (slot, status, count)
            select p_slot, s.status, sum(s.change)
            from (select k.before as status, -1 as change from kept k union all select k.after, 1 from kept k) s
            where s.status > 0
            group by s.status having sum(s.change) <> 0 order by s.status
            on conflict (slot, status) do update set count = c.count + excluded.count
          )
          select coalesce(array_agg(k.n), '{}') into v_kept from kept k;

          if v_keyed then
            delete from request r using unnest(p_keys) with ordinality a(key, n)
            where r.key = a.key and a.key = any(v_fresh) and a.n <> all(v_kept);
          end if;

          return query select 0::bigint, cardinality(v_kept)::bigint, null::bigint, null::smallint, null::bytea, null::text;
          if cardinality(v_kept) < cardinality(p_ids) then
            return query
              select a.n, coalesce(w.version, 0), coalesce(w.epoch, 0), coalesce(w.status, 0::smallint), r.workflow, r.fingerprint
              from unnest(p_ids, p_keys) with ordinality a(id, key, n)
                left join workflow w on w.id = a.id
                left join request r on r.key = a.key and a.key <> all(v_fresh)
              where a.n <> all(v_kept);
          end if;
        end
        $body$
        """;

    /// <summary>
    /// Does what version 1 does for two thirds of its price: no batch is kept aside as a table of all its columns and joined with itself, and what no append of a
    /// batch has (keys, tags, dead letters, news) comes as null and is not looked at.
    /// </summary>
    /// <remarks>Its plans look rows up by key whatever the statistics say: those of a table that was empty an hour ago would have it read as a whole.</remarks>
    public const string Version2 =
        """
        create function append_2(
          p_slot integer,
          p_ids bytea[], p_expected bigint[], p_counts integer[], p_frames bytea[],
          p_epochs bigint[], p_statuses smallint[], p_waits smallint[], p_priorities integer[], p_done integer[], p_known integer[],
          p_created bigint[], p_updated bigint[], p_due bigint[], p_calls integer[], p_failures text[],
          p_plans text[], p_names text[], p_tags text[], p_origins bytea[],
          p_keys text[], p_fingerprints text[], p_letters text[], p_news_of bigint[], p_news bytea[])
        returns table (number bigint, head_version bigint, head_epoch bigint, head_status smallint, seen_workflow bytea, seen_fingerprint text)
        language plpgsql volatile set enable_seqscan = off set plan_cache_mode = force_generic_plan as $body$
        declare
          v_taken boolean[];     -- By place: whether another has the append's key. Null when no append has a key.
          v_moved bigint[];
          v_before smallint[];
          v_after smallint[];
          v_begun bigint[] := '{}';
          v_first smallint[] := '{}';
          v_left boolean[];      -- By place: whether the append was not made. Null when all were.
        begin
          if p_keys is not null then
            with asked as (
              select * from unnest(p_keys, p_fingerprints, p_ids, p_updated) as a(key, fingerprint, id, at) where a.key is not null order by a.key
            ), fresh as (
              insert into request (key, fingerprint, workflow, at) select a.key, a.fingerprint, a.id, a.at from asked a
              on conflict do nothing
              returning request.key
            )
            select array_agg(a.key is not null and f.key is null order by a.n) into v_taken
            from unnest(p_keys) with ordinality a(key, n) left join fresh f on f.key = a.key;
          end if;

          with moved as (
            update workflow w set
              version = a.expected + a.count, epoch = a.epoch, status_before = w.status, status = a.status, waiting_for = a.wait, priority = a.priority,
              steps_done = a.done, steps_known = a.known, updated_at = a.updated, due_at = a.due, calls_out = a.calls, failure_code = a.failure,
              rests = 0, rest_until = null
            from unnest(p_ids, p_expected, p_counts, p_epochs, p_statuses, p_waits, p_priorities, p_done, p_known, p_updated, p_due, p_calls, p_failures, v_taken)
              with ordinality as a(id, expected, count, epoch, status, wait, priority, done, known, updated, due, calls, failure, taken, n)
            where a.expected > 0 and a.taken is not true and w.id = a.id and w.version = a.expected and (w.status < 6 or w.status = a.status)
            returning a.n, w.status_before as before, w.status as after
          )
          select coalesce(array_agg(m.n), '{}'), coalesce(array_agg(m.before), '{}'), coalesce(array_agg(m.after), '{}') into v_moved, v_before, v_after from moved m;

          if 0 = any(p_expected) then
            with begun as (
              insert into workflow (id, version, epoch, status, status_before, waiting_for, priority, steps_done, steps_known, created_at, updated_at,
                due_at, calls_out, failure_code, plan_id, plan_name, tags, origin)
              select a.id, a.count, a.epoch, a.status, 0, a.wait, a.priority, a.done, a.known, a.created, a.updated, a.due, a.calls, a.failure, a.plan, a.name, a.tags, a.origin
              from unnest(p_ids, p_expected, p_counts, p_epochs, p_statuses, p_waits, p_priorities, p_done, p_known, p_created, p_updated, p_due, p_calls, p_failures,
                p_plans, p_names, p_tags, p_origins, v_taken)
                as a(id, expected, count, epoch, status, wait, priority, done, known, created, updated, due, calls, failure, plan, name, tags, origin, taken)
              where a.expected = 0 and a.taken is not true
              on conflict (id) do nothing
              returning workflow.id
            )
            select coalesce(array_agg(a.n), '{}'), coalesce(array_agg(a.status), '{}') into v_begun, v_first
            from begun b join unnest(p_ids, p_statuses) with ordinality a(id, status, n) on a.id = b.id;
          end if;

          if cardinality(v_moved) + cardinality(v_begun) < cardinality(p_ids) then
            select array_agg(k.n is null order by a.n) into v_left
            from unnest(p_ids) with ordinality a(id, n) left join unnest(v_moved || v_begun) k(n) on k.n = a.n;
          end if;

          insert into journal (workflow, first, count, at, epoch, frame)
          select a.id, a.expected + 1, a.count, a.updated, a.epoch, a.frame
          from unnest(p_ids, p_expected, p_counts, p_updated, p_epochs, p_frames, v_left) as a(id, expected, count, updated, epoch, frame, passed)
          where a.passed is not true;

          if p_tags is not null then
            insert into workflow_tag (name, value, created_at, id)
            select t.key, t.value, a.created, a.id
            from unnest(p_ids, p_expected, p_created, p_tags, v_left) as a(id, expected, created, tags, passed) cross join lateral json_each_text(a.tags::json) t
            where a.tags is not null and a.expected = 0 and a.passed is not true;
          end if;

          if p_letters is not null then
            insert into dead_letter (workflow, step, at, agent, action, failure, attempts, quarantined, redriven)
            select a.id, l.step, l.at, l.agent, l.action, l.failure, l.attempts, l.quarantined, decode(l.redriven, 'hex')
            from unnest(p_ids, p_letters, v_left) as a(id, letters, passed) cross join lateral json_to_recordset(a.letters::json)
              as l(step text, at bigint, agent text, action text, failure text, attempts integer, quarantined boolean, redriven text)
            where a.letters is not null and a.passed is not true
            on conflict (workflow, step) do update set at = excluded.at, agent = excluded.agent, action = excluded.action, failure = excluded.failure,
              attempts = excluded.attempts, quarantined = excluded.quarantined, redriven = excluded.redriven;
          end if;

          if p_news is not null then
            insert into news (event)
            select e.event from unnest(p_news_of, p_news) with ordinality e(n, event, place) where v_left is null or not v_left[e.n] order by e.place;
          end if;

          insert into workflow_count as c (slot, status, count)
          select p_slot, s.status, sum(s.change)
          from (select unnest(v_before) as status, -1 as change union all select unnest(v_after || v_first), 1) s
          group by s.status having sum(s.change) <> 0 order by s.status
          on conflict (slot, status) do update set count = c.count + excluded.count;

          if v_left is not null and v_taken is not null then
            delete from request r using unnest(p_keys, v_taken, v_left) a(key, taken, passed) where r.key = a.key and not a.taken and a.passed;
          end if;

          return query select 0::bigint, cardinality(p_ids)::bigint - coalesce(cardinality(array_positions(v_left, true)), 0), null::bigint, null::smallint, null::bytea, null::text;
          if v_left is not null then
            return query
              select a.n, coalesce(w.version, 0), coalesce(w.epoch, 0), coalesce(w.status, 0::smallint), r.workflow, r.fingerprint
              from unnest(p_ids, p_keys, v_taken, v_left) with ordinality a(id, key, taken, passed, n)
                left join workflow w on w.id = a.id
                left join request r on r.key = a.key and a.taken
              where a.passed;
          end if;
        end
        $body$
        """;

    /// <summary>Version 2, and questions to persons in the same transaction: those of the appends that were made.</summary>
    public const string Version3 =
        """
        create function append_3(
          p_slot integer,
          p_ids bytea[], p_expected bigint[], p_counts integer[], p_frames bytea[],
          p_epochs bigint[], p_statuses smallint[], p_waits smallint[], p_priorities integer[], p_done integer[], p_known integer[],
          p_created bigint[], p_updated bigint[], p_due bigint[], p_calls integer[], p_failures text[],
          p_plans text[], p_names text[], p_tags text[], p_origins bytea[],
          p_keys text[], p_fingerprints text[], p_letters text[], p_news_of bigint[], p_news bytea[], p_approvals text[])
        returns table (number bigint, head_version bigint, head_epoch bigint, head_status smallint, seen_workflow bytea, seen_fingerprint text)
        language plpgsql volatile set enable_seqscan = off set plan_cache_mode = force_generic_plan as $body$
        declare
          v_passed bigint[] := '{}';
        begin
          for number, head_version, head_epoch, head_status, seen_workflow, seen_fingerprint in
            select a.number, a.head_version, a.head_epoch, a.head_status, a.seen_workflow, a.seen_fingerprint
            from append_2(p_slot, p_ids, p_expected, p_counts, p_frames, p_epochs, p_statuses, p_waits, p_priorities, p_done, p_known,
              p_created, p_updated, p_due, p_calls, p_failures, p_plans, p_names, p_tags, p_origins,
              p_keys, p_fingerprints, p_letters, p_news_of, p_news) a
          loop
            if number > 0 then
              v_passed := v_passed || number;
            end if;
            return next;
          end loop;

          if p_approvals is not null then
            insert into approval (workflow, step, at, status, plan_id, plan_name, approvers, record)
            select a.id, l.step, l.at, l.status, l.plan_id, l.plan_name, l.approvers, l.record
            from unnest(p_ids, p_approvals) with ordinality a(id, approvals, n) cross join lateral json_to_recordset(a.approvals::json)
              as l(step text, at bigint, status smallint, plan_id text, plan_name text, approvers text[], record text)
            where a.approvals is not null and a.n <> all(v_passed)
            on conflict (workflow, step) do update set at = excluded.at, status = excluded.status, plan_id = excluded.plan_id, plan_name = excluded.plan_name,
              approvers = excluded.approvers, record = excluded.record;
          end if;
        end
        $body$
        """;
}
