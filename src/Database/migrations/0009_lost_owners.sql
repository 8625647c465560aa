-- What a dead process had claimed is taken over after ten seconds without a sign of life, instead of at the end of its lease: a quote waits no minute for a crash.

-- Since when this process gives its signs of life without a pause.
ALTER TABLE service_instances ADD COLUMN steady_since timestamptz;

-- Has this process died? Only believed while some process has been steady for longer than that silence: after an outage of the database everybody has been silent.
CREATE FUNCTION is_lost(owner uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT 1 FROM service_instances i WHERE i.id = owner AND i.seen_at < clock_timestamp() - interval '10 seconds')
    AND EXISTS (SELECT 1 FROM service_instances i
                WHERE i.seen_at > clock_timestamp() - interval '3 seconds' AND i.steady_since < clock_timestamp() - interval '10 seconds');

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
        SELECT o.claimed_by
        FROM (SELECT DISTINCT w.claimed_by FROM webhook_events w JOIN tenants t ON t.id = w.tenant_id WHERE w.status = 'processing') o
        WHERE is_lost(o.claimed_by)
    ), lost AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT w.tenant_id, w.id
            FROM webhook_events w
            WHERE w.tenant_id = t.id AND w.status = 'processing'
              AND (w.lease_until < clock_timestamp() OR w.claimed_by IN (SELECT o.claimed_by FROM owners o))
            LIMIT max_per_tenant
            FOR UPDATE SKIP LOCKED
        ) e
        LIMIT max_rows
    )
    UPDATE webhook_events w
    SET status = 'processing', attempts = w.attempts + 1, next_attempt_at = NULL,
        claimed_by = worker, lease_until = clock_timestamp() + lease
    FROM (SELECT * FROM due UNION SELECT * FROM lost) c
    WHERE w.tenant_id = c.tenant_id AND w.id = c.id
    RETURNING w.tenant_id, w.id
$$;

CREATE OR REPLACE FUNCTION rescue_touch_points(business_now timestamptz)
RETURNS TABLE (tenant_id uuid, id uuid, status text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH owners AS MATERIALIZED (
        SELECT o.claimed_by
        FROM (SELECT DISTINCT p.claimed_by FROM touch_points p JOIN tenants t ON t.id = p.tenant_id WHERE p.status = 'sending') o
        WHERE is_lost(o.claimed_by)
    )
    UPDATE touch_points p
    SET status = CASE WHEN p.handed_over_at IS NOT NULL THEN 'unknown'
                      WHEN p.attempts >= p.max_attempts THEN 'failed'
                      ELSE 'scheduled' END,
        reason = CASE WHEN p.handed_over_at IS NOT NULL THEN 'worker_died_after_hand_over'
                      WHEN p.attempts >= p.max_attempts THEN 'attempts_exhausted'
                      ELSE 'worker_died_before_hand_over' END,
        claimed_by = NULL, lease_until = NULL, updated_at = business_now
    FROM tenants t
    WHERE p.tenant_id = t.id AND p.status = 'sending'
      AND (p.lease_until < clock_timestamp() OR p.claimed_by IN (SELECT o.claimed_by FROM owners o))
    RETURNING p.tenant_id, p.id, p.status
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
