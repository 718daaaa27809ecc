-- Records of grains that belong to Orleans itself: who listens to which stream (the store PubSubStore). Records of our grains are in the store's own table.
CREATE TABLE orleans.records (
    service_id text NOT NULL,
    grain_type text NOT NULL,
    key_n0 bigint NOT NULL,
    key_n1 bigint NOT NULL,
    key_text text NOT NULL,
    version integer NOT NULL,
    payload bytea,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (service_id, grain_type, key_n0, key_n1, key_text)
);

-- A write or a clearing that finds another version than the caller's gives no row; the provider takes that for the conflict it is. The hashes the provider
-- sends are for indexes that compare less than the whole key; ours compares all of it.
INSERT INTO orleans.orleansquery (querykey, querytext) VALUES
('ReadFromStorageKey', $query$
    SELECT payload AS PayloadBinary, version AS Version
    FROM orleans.records
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
      AND key_text = coalesce(@GrainIdExtensionString, '')
$query$),
('WriteToStorageKey', $query$
    WITH changed AS (
        UPDATE orleans.records SET payload = @PayloadBinary, version = version + 1, changed_at = now()
        WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
          AND key_text = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
        RETURNING version
    ), added AS (
        INSERT INTO orleans.records (service_id, grain_type, key_n0, key_n1, key_text, version, payload)
        SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), 1, @PayloadBinary
        WHERE @GrainStateVersion IS NULL
        ON CONFLICT DO NOTHING
        RETURNING version
    )
    SELECT version AS NewGrainStateVersion FROM changed UNION ALL SELECT version FROM added
$query$),
('ClearStorageKey', $query$
    UPDATE orleans.records SET payload = NULL, version = version + 1, changed_at = now()
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
      AND key_text = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion
$query$),
('DeleteStorageKey', $query$
    DELETE FROM orleans.records
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
      AND key_text = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
    RETURNING version + 1 AS NewGrainStateVersion
$query$);
