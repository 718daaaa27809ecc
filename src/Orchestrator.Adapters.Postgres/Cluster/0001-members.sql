-- Who is in which cluster. The providers of Orleans for ADO.NET look up the text of every statement in OrleansQuery, under the names they know, and give
-- it the parameters they know; tables, functions and texts are ours. A statement that changes is changed by a later migration: silos that run already have
-- read the text before, so what it needs stays until they are gone.
CREATE TABLE orleans.orleansquery (
    querykey text PRIMARY KEY,
    querytext text NOT NULL
);

-- One number per cluster, raised by every change of its members: a change is made only by who has seen the one before.
CREATE TABLE orleans.clusters (
    deployment_id text PRIMARY KEY,
    version integer NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orleans.members (
    deployment_id text NOT NULL REFERENCES orleans.clusters ON DELETE CASCADE,
    address text NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status integer NOT NULL,
    proxy_port integer NOT NULL,
    suspect_times text,
    start_time timestamptz NOT NULL,
    alive_at timestamptz NOT NULL,
    PRIMARY KEY (deployment_id, address, port, generation)
);

INSERT INTO orleans.orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', $query$
    WITH made AS (
        INSERT INTO orleans.clusters (deployment_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT EXISTS (SELECT FROM made)
$query$),
-- The cluster's row is changed first: of two writers that have seen the same version, the second waits for the first and then finds another version.
('InsertMembershipKey', $query$
    WITH moved AS (
        UPDATE orleans.clusters AS c SET version = c.version + 1, changed_at = now()
        WHERE c.deployment_id = @DeploymentId AND c.version = @Version
          AND NOT EXISTS (
            SELECT FROM orleans.members AS m
            WHERE m.deployment_id = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
        RETURNING c.deployment_id
    ), added AS (
        INSERT INTO orleans.members (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_at)
        SELECT deployment_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM added)
$query$),
('UpdateMembershipKey', $query$
    WITH moved AS (
        UPDATE orleans.clusters AS c SET version = c.version + 1, changed_at = now()
        WHERE c.deployment_id = @DeploymentId AND c.version = @Version
          AND EXISTS (
            SELECT FROM orleans.members AS m
            WHERE m.deployment_id = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
        RETURNING c.deployment_id
    ), changed AS (
        UPDATE orleans.members AS m SET status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
        FROM moved
        WHERE m.deployment_id = moved.deployment_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM changed)
$query$),
-- A sign of life is no change of the membership: it raises no version.
('UpdateIAmAlivetimeKey', $query$
    UPDATE orleans.members SET alive_at = @IAmAliveTime
    WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$query$),
-- Both reads give the version even where nobody is a member; the member's columns are null then.
('MembershipReadRowKey', $query$
    SELECT m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName, m.status AS Status,
           m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes, m.start_time AS StartTime, m.alive_at AS IAmAliveTime, c.version AS Version
    FROM orleans.clusters AS c
    LEFT JOIN orleans.members AS m
      ON m.deployment_id = c.deployment_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
    WHERE c.deployment_id = @DeploymentId
$query$),
('MembershipReadAllKey', $query$
    SELECT m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName, m.status AS Status,
           m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes, m.start_time AS StartTime, m.alive_at AS IAmAliveTime, c.version AS Version
    FROM orleans.clusters AS c
    LEFT JOIN orleans.members AS m ON m.deployment_id = c.deployment_id
    WHERE c.deployment_id = @DeploymentId
$query$),
('GatewaysQueryKey', $query$
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
    FROM orleans.members
    WHERE deployment_id = @DeploymentId AND status = @Status AND proxy_port > 0
$query$),
-- 6 is dead: what its entry was kept for, that nobody takes the silo for alive, is over by then.
('CleanupDefunctSiloEntriesKey', $query$
    DELETE FROM orleans.members WHERE deployment_id = @DeploymentId AND status = 6 AND alive_at < @IAmAliveTime
$query$),
('DeleteMembershipTableEntriesKey', $query$
    DELETE FROM orleans.clusters WHERE deployment_id = @DeploymentId
$query$);
