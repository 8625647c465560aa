-- A claim looked at every event that was being worked on, and sorted every one that waited, thousands of each in a flood: clock_timestamp() may change while a statement runs, so it
-- cannot be looked up in an index, and the planner remembers a table in which nobody waits.

-- lead_door owns it: who replaces it acts as it, and it may create here only meanwhile.
GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

CREATE OR REPLACE FUNCTION claim_webhook_events(worker uuid, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_sort = off SET enable_bitmapscan = off
AS $$
    WITH due AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT w.tenant_id, w.id
            FROM webhook_events w
            WHERE w.tenant_id = t.id AND w.status = 'received' AND w.next_attempt_at <= statement_timestamp()
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
            WHERE w.tenant_id = t.id AND w.status = 'processing' AND w.lease_until < statement_timestamp()
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

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
