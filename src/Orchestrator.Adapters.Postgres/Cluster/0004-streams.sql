-- Messages of streams on their way from who told to who listens. They inform and never decide: what they tell of is in the store.
CREATE TABLE orleans.stream_messages (
    service_id text NOT NULL,
    provider_id text NOT NULL,
    queue_id text NOT NULL,
    message_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    dequeued integer NOT NULL DEFAULT 0,
    visible_on timestamptz NOT NULL,
    expires_on timestamptz NOT NULL,
    created_on timestamptz NOT NULL,
    modified_on timestamptz NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (service_id, provider_id, queue_id, message_id)
);

-- A message that was tried too often or was not wanted in time, kept a while for a person to look at.
CREATE TABLE orleans.stream_dead_letters (
    service_id text NOT NULL,
    provider_id text NOT NULL,
    queue_id text NOT NULL,
    message_id bigint NOT NULL,
    dequeued integer NOT NULL,
    visible_on timestamptz NOT NULL,
    expires_on timestamptz NOT NULL,
    created_on timestamptz NOT NULL,
    modified_on timestamptz NOT NULL,
    dead_on timestamptz NOT NULL,
    remove_on timestamptz NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (service_id, provider_id, queue_id, message_id)
);

CREATE INDEX stream_dead_letters_by_end ON orleans.stream_dead_letters (service_id, provider_id, queue_id, remove_on);

-- When a queue is next tidied, so that it happens once in an interval however many silos read.
CREATE TABLE orleans.stream_tidyings (
    service_id text NOT NULL,
    provider_id text NOT NULL,
    queue_id text NOT NULL,
    due_on timestamptz NOT NULL,
    PRIMARY KEY (service_id, provider_id, queue_id)
);

-- Whoever takes several rows takes them in the order of their numbers, or steps over those that somebody else has: nobody waits in a ring.

CREATE FUNCTION orleans.bury_stream_messages(of_service text, of_provider text, of_queue text, messages_max integer, attempts_max integer, remove_after integer)
RETURNS void LANGUAGE sql AS $function$
    WITH over AS (
        SELECT m.message_id FROM orleans.stream_messages AS m
        WHERE m.service_id = of_service AND m.provider_id = of_provider AND m.queue_id = of_queue
          AND m.visible_on <= now() AND (m.dequeued >= attempts_max OR m.expires_on <= now())
        ORDER BY m.message_id
        LIMIT messages_max
        FOR UPDATE SKIP LOCKED
    ), taken AS (
        DELETE FROM orleans.stream_messages AS m USING over
        WHERE m.service_id = of_service AND m.provider_id = of_provider AND m.queue_id = of_queue AND m.message_id = over.message_id
        RETURNING m.*
    )
    INSERT INTO orleans.stream_dead_letters
        (service_id, provider_id, queue_id, message_id, dequeued, visible_on, expires_on, created_on, modified_on, dead_on, remove_on, payload)
    SELECT service_id, provider_id, queue_id, message_id, dequeued, visible_on, expires_on, created_on, modified_on,
           now(), now() + make_interval(secs => remove_after), payload
    FROM taken
$function$;

CREATE FUNCTION orleans.remove_stream_dead_letters(of_service text, of_provider text, of_queue text, letters_max integer)
RETURNS void LANGUAGE sql AS $function$
    WITH over AS (
        SELECT d.message_id FROM orleans.stream_dead_letters AS d
        WHERE d.service_id = of_service AND d.provider_id = of_provider AND d.queue_id = of_queue AND d.remove_on <= now()
        ORDER BY d.message_id
        LIMIT letters_max
        FOR UPDATE SKIP LOCKED
    )
    DELETE FROM orleans.stream_dead_letters AS d USING over
    WHERE d.service_id = of_service AND d.provider_id = of_provider AND d.queue_id = of_queue AND d.message_id = over.message_id
$function$;

CREATE FUNCTION orleans.take_stream_messages(
    of_service text, of_provider text, of_queue text, messages_max integer, attempts_max integer,
    hide_for integer, remove_after integer, tidy_every integer, tidy_max integer)
RETURNS SETOF orleans.stream_messages LANGUAGE plpgsql AS $function$
BEGIN
    IF NOT EXISTS (
        SELECT FROM orleans.stream_tidyings AS t
        WHERE t.service_id = of_service AND t.provider_id = of_provider AND t.queue_id = of_queue AND t.due_on > now())
    THEN
        INSERT INTO orleans.stream_tidyings AS t (service_id, provider_id, queue_id, due_on)
        VALUES (of_service, of_provider, of_queue, now() + make_interval(secs => tidy_every))
        ON CONFLICT (service_id, provider_id, queue_id) DO UPDATE SET due_on = excluded.due_on WHERE t.due_on <= now();
        IF FOUND THEN
            PERFORM orleans.bury_stream_messages(of_service, of_provider, of_queue, tidy_max, attempts_max, remove_after);
            PERFORM orleans.remove_stream_dead_letters(of_service, of_provider, of_queue, tidy_max);
        END IF;
    END IF;

    RETURN QUERY
    WITH chosen AS (
        SELECT m.message_id FROM orleans.stream_messages AS m
        WHERE m.service_id = of_service AND m.provider_id = of_provider AND m.queue_id = of_queue
          AND m.dequeued < attempts_max AND m.visible_on <= now() AND m.expires_on > now()
        ORDER BY m.message_id
        LIMIT messages_max
        FOR UPDATE SKIP LOCKED
    )
    UPDATE orleans.stream_messages AS m
    SET dequeued = m.dequeued + 1, visible_on = now() + make_interval(secs => hide_for), modified_on = now()
    FROM chosen
    WHERE m.service_id = of_service AND m.provider_id = of_provider AND m.queue_id = of_queue AND m.message_id = chosen.message_id
    RETURNING m.*;
END
$function$;

CREATE FUNCTION orleans.fail_stream_message(of_service text, of_provider text, of_queue text, of_message bigint, attempts_max integer, remove_after integer)
RETURNS void LANGUAGE plpgsql AS $function$
BEGIN
    UPDATE orleans.stream_messages AS m SET visible_on = now(), modified_on = now()
    WHERE m.service_id = of_service AND m.provider_id = of_provider AND m.queue_id = of_queue AND m.message_id = of_message
      AND m.dequeued < attempts_max AND m.expires_on > now();
    IF FOUND THEN
        RETURN;
    END IF;

    WITH taken AS (
        DELETE FROM orleans.stream_messages AS m
        WHERE m.service_id = of_service AND m.provider_id = of_provider AND m.queue_id = of_queue AND m.message_id = of_message
        RETURNING m.*
    )
    INSERT INTO orleans.stream_dead_letters
        (service_id, provider_id, queue_id, message_id, dequeued, visible_on, expires_on, created_on, modified_on, dead_on, remove_on, payload)
    SELECT service_id, provider_id, queue_id, message_id, dequeued, visible_on, expires_on, created_on, modified_on,
           now(), now() + make_interval(secs => remove_after), payload
    FROM taken;
END
$function$;

INSERT INTO orleans.orleansquery (querykey, querytext) VALUES
('QueueStreamMessageKey', $query$
    INSERT INTO orleans.stream_messages (service_id, provider_id, queue_id, visible_on, expires_on, created_on, modified_on, payload)
    VALUES (@ServiceId, @ProviderId, @QueueId, now(), now() + make_interval(secs => @ExpiryTimeout), now(), now(), @Payload)
    RETURNING service_id AS ServiceId, provider_id AS ProviderId, queue_id AS QueueId, message_id AS MessageId
$query$),
('GetStreamMessagesKey', $query$
    SELECT service_id AS ServiceId, provider_id AS ProviderId, queue_id AS QueueId, message_id AS MessageId, dequeued AS Dequeued,
           visible_on AS VisibleOn, expires_on AS ExpiresOn, created_on AS CreatedOn, modified_on AS ModifiedOn, payload AS Payload
    FROM orleans.take_stream_messages(
        @ServiceId, @ProviderId, @QueueId, @MaxCount, @MaxAttempts, @VisibilityTimeout, @RemovalTimeout, @EvictionInterval, @EvictionBatchSize)
$query$),
-- Receipts are written number:attempt, parted by '|'. A negative attempt gives the message back at once instead of ending it. A receipt of an attempt that
-- is no longer the last one changes nothing.
('ConfirmStreamMessagesKey', $query$
    WITH receipts AS (
        SELECT split_part(item, ':', 1)::bigint AS message_id, split_part(item, ':', 2)::integer AS attempt
        FROM unnest(string_to_array(@Items, '|')) AS item
    ), held AS (
        SELECT m.message_id, r.attempt FROM orleans.stream_messages AS m
        JOIN receipts AS r ON r.message_id = m.message_id AND abs(r.attempt) = m.dequeued
        WHERE m.service_id = @ServiceId AND m.provider_id = @ProviderId AND m.queue_id = @QueueId
        ORDER BY m.message_id
        FOR UPDATE OF m
    ), ended AS (
        DELETE FROM orleans.stream_messages AS m USING held
        WHERE m.service_id = @ServiceId AND m.provider_id = @ProviderId AND m.queue_id = @QueueId AND m.message_id = held.message_id AND held.attempt > 0
        RETURNING m.service_id, m.provider_id, m.queue_id, m.message_id
    ), released AS (
        UPDATE orleans.stream_messages AS m SET visible_on = now(), modified_on = now() FROM held
        WHERE m.service_id = @ServiceId AND m.provider_id = @ProviderId AND m.queue_id = @QueueId AND m.message_id = held.message_id AND held.attempt < 0
        RETURNING m.service_id, m.provider_id, m.queue_id, m.message_id
    )
    SELECT service_id AS ServiceId, provider_id AS ProviderId, queue_id AS QueueId, message_id AS MessageId FROM ended
    UNION ALL
    SELECT service_id, provider_id, queue_id, message_id FROM released
$query$),
('FailStreamMessageKey', $query$
    SELECT orleans.fail_stream_message(@ServiceId, @ProviderId, @QueueId, @MessageId, @MaxAttempts, @RemovalTimeout)
$query$),
('EvictStreamMessagesKey', $query$
    SELECT orleans.bury_stream_messages(@ServiceId, @ProviderId, @QueueId, @MaxCount, @MaxAttempts, @RemovalTimeout)
$query$),
('EvictStreamDeadLettersKey', $query$
    SELECT orleans.remove_stream_dead_letters(@ServiceId, @ProviderId, @QueueId, @MaxCount)
$query$);
