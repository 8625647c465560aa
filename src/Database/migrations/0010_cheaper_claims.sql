-- What each event of the inbox costs PostgreSQL. A claim asked of every event that is worked on whether its process had died, which took as long as the claim itself:
-- now the processes are asked, and only what a lost one held is looked for. And every event had an entry in an index that is read for dead ones alone.

CREATE INDEX webhook_events_dead ON webhook_events (tenant_id, id DESC) WHERE status = 'dead';
DROP INDEX webhook_events_by_status;

-- The processes that died lately. One that is silent for longer holds nothing any more: its leases have ended.
CREATE FUNCTION lost_owners() RETURNS uuid[]
LANGUAGE sql STABLE
RETURN (SELECT coalesce(array_agg(i.id), '{}') FROM service_instances i WHERE i.seen_at > clock_timestamp() - interval '5 minutes' AND is_lost(i.id));

-- lead_door owns them: who replaces them acts as it, and it may create here only meanwhile.
GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

CREATE OR REPLACE FUNCTION claim_webhook_events(worker uuid, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT w.tenant_id, w.id
            FROM webhook_events w
            WHERE w.tenant_id = t.id AND w.status = 'received' AND w.next_attempt_at <= clock_timestamp()
            ORDER BY w.next_attempt_at, w.id
            LIMIT max_per_tenant
            FOR UPDATE SKIP LOCKED
        ) e
        LIMIT max_rows
    ), owners AS MATERIALIZED (
        SELECT o.id FROM unnest(lost_owners()) AS o (id)
    ), ended AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT w.tenant_id, w.id
            FROM webhook_events w
            WHERE w.tenant_id = t.id AND w.status = 'processing' AND w.lease_until < clock_timestamp()
            LIMIT max_per_tenant
            FOR UPDATE SKIP LOCKED
        ) e
        LIMIT max_rows
    ), lost AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants WHERE EXISTS (SELECT FROM owners) ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT w.tenant_id, w.id
            FROM webhook_events w
            WHERE w.tenant_id = t.id AND w.status = 'processing' AND w.claimed_by IN (SELECT o.id FROM owners o)
            LIMIT max_per_tenant
            FOR UPDATE SKIP LOCKED
        ) e
        LIMIT max_rows
    )
    UPDATE webhook_events w
    SET status = 'processing', attempts = w.attempts + 1, next_attempt_at = NULL,
        claimed_by = worker, lease_until = clock_timestamp() + lease
    FROM (SELECT * FROM due UNION SELECT * FROM ended UNION SELECT * FROM lost) c
    WHERE w.tenant_id = c.tenant_id AND w.id = c.id
    RETURNING w.tenant_id, w.id
$$;

CREATE OR REPLACE FUNCTION rescue_touch_points(business_now timestamptz)
RETURNS TABLE (tenant_id uuid, id uuid, status text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH owners AS MATERIALIZED (
        SELECT o.id FROM unnest(lost_owners()) AS o (id)
    ), lost AS MATERIALIZED (
        SELECT p.tenant_id, p.id
        FROM tenants t JOIN touch_points p ON p.tenant_id = t.id
        WHERE p.status = 'sending' AND p.lease_until < clock_timestamp()
        UNION
        SELECT p.tenant_id, p.id
        FROM tenants t JOIN touch_points p ON p.tenant_id = t.id
        WHERE EXISTS (SELECT FROM owners) AND p.status = 'sending' AND p.claimed_by IN (SELECT o.id FROM owners o)
    )
    UPDATE touch_points p
    SET status = CASE WHEN p.handed_over_at IS NOT NULL THEN 'unknown'
                      WHEN p.attempts >= p.max_attempts THEN 'failed'
                      ELSE 'scheduled' END,
        reason = CASE WHEN p.handed_over_at IS NOT NULL THEN 'worker_died_after_hand_over'
                      WHEN p.attempts >= p.max_attempts THEN 'attempts_exhausted'
                      ELSE 'worker_died_before_hand_over' END,
        claimed_by = NULL, lease_until = NULL, updated_at = business_now
    FROM lost l
    WHERE p.tenant_id = l.tenant_id AND p.id = l.id AND p.status = 'sending'
      AND (p.lease_until < clock_timestamp() OR p.claimed_by IN (SELECT o.id FROM owners o))
    RETURNING p.tenant_id, p.id, p.status
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
