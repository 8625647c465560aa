-- The only ways across tenants. Each is owned by lead_door, runs with its rights, and returns ids, never content.
-- docs/DATABASE.md lists them; the catalogue test compares that list with this one.

CREATE FUNCTION tenant_ids() RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT id FROM tenants ORDER BY id $$;

CREATE FUNCTION find_tenant(wanted text) RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT id FROM tenants WHERE slug = wanted OR id::text = wanted $$;

CREATE FUNCTION find_tenant_by_company(company_id text) RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT id FROM tenants WHERE shopmonkey_company_id = company_id $$;

CREATE FUNCTION find_users_by_email(wanted text) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT u.tenant_id, u.id FROM users u WHERE u.email = lower(wanted) ORDER BY u.id LIMIT 5 $$;

CREATE FUNCTION find_chat_code(hash bytea) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT c.tenant_id, c.id FROM chat_codes c WHERE c.code_hash = hash $$;

CREATE FUNCTION find_attempt(attempt_id uuid) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT a.tenant_id, a.id FROM message_attempts a JOIN tenants t ON t.id = a.tenant_id WHERE a.id = attempt_id $$;

-- Claims. Fair over tenants: each gives at most max_per_tenant, and they are asked in random order, so that no flood delays everybody else. FOR UPDATE SKIP LOCKED inside a
-- CTE: in a subquery the planner may run the LIMIT again and claim too much. A claim whose lease ran out is taken back here as well.
CREATE FUNCTION claim_webhook_events(worker uuid, max_rows integer, max_per_tenant integer, lease interval)
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
    ), lost AS MATERIALIZED (
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
    )
    UPDATE webhook_events w
    SET status = 'processing', attempts = w.attempts + 1, next_attempt_at = NULL,
        claimed_by = worker, lease_until = clock_timestamp() + lease
    FROM (SELECT * FROM due UNION SELECT * FROM lost) c
    WHERE w.tenant_id = c.tenant_id AND w.id = c.id
    RETURNING w.tenant_id, w.id
$$;

-- business_now is the clock that decides what is due; the lease runs on the database's own.
CREATE FUNCTION claim_touch_points(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.due_at <= business_now
            ORDER BY p.due_at, p.id
            LIMIT max_per_tenant
            FOR UPDATE SKIP LOCKED
        ) e
        LIMIT max_rows
    )
    UPDATE touch_points p
    SET status = 'sending', fence = p.fence + 1, reason = NULL, handed_over_at = NULL,
        claimed_by = worker, lease_until = clock_timestamp() + lease, updated_at = business_now
    FROM due
    WHERE p.tenant_id = due.tenant_id AND p.id = due.id
    RETURNING p.tenant_id, p.id, p.fence
$$;

-- Ends claims whose worker died. What was handed over may have been sent: it becomes unknown and is never sent again by guess.
-- One statement, so a worker that finishes meanwhile wins: its row no longer matches.
CREATE FUNCTION rescue_touch_points(business_now timestamptz)
RETURNS TABLE (tenant_id uuid, id uuid, status text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE touch_points p
    SET status = CASE WHEN p.handed_over_at IS NOT NULL THEN 'unknown'
                      WHEN p.attempts >= p.max_attempts THEN 'failed'
                      ELSE 'scheduled' END,
        reason = CASE WHEN p.handed_over_at IS NOT NULL THEN 'worker_died_after_hand_over'
                      WHEN p.attempts >= p.max_attempts THEN 'attempts_exhausted'
                      ELSE 'worker_died_before_hand_over' END,
        claimed_by = NULL, lease_until = NULL, updated_at = business_now
    FROM tenants t
    WHERE p.tenant_id = t.id AND p.status = 'sending' AND p.lease_until < clock_timestamp()
    RETURNING p.tenant_id, p.id, p.status
$$;

-- Per tenant and with a limit, like the claims: as one join it walked every scheduled touch at each wake (39 ms with 204,000 of them; 0.23 ms so).
CREATE FUNCTION expire_touch_points(business_now timestamptz)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH late AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM tenants t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.due_at <= business_now AND p.expires_at <= business_now
            ORDER BY p.due_at, p.id
            LIMIT 1000
            FOR UPDATE SKIP LOCKED
        ) e
    )
    UPDATE touch_points p
    SET status = 'expired', reason = 'too_late', updated_at = business_now
    FROM late
    WHERE p.tenant_id = late.tenant_id AND p.id = late.id
    RETURNING p.tenant_id, p.id
$$;

-- Texts of which nobody knows whether they went out: the reconcile looks them up at the vendor.
CREATE FUNCTION unknown_touch_points(max_rows integer) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT p.tenant_id, p.id FROM touch_points p WHERE p.status = 'unknown' ORDER BY p.tenant_id, p.id LIMIT max_rows $$;

-- Answers whose process is gone (no sign of life for the given time, by the database's clock).
CREATE FUNCTION orphaned_answers(silence interval) RETURNS TABLE (tenant_id uuid, session_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT m.tenant_id, m.session_id, m.id
    FROM chat_messages m
    WHERE m.status = 'streaming'
      AND NOT EXISTS (SELECT 1 FROM service_instances i WHERE i.id = m.owner_id AND i.seen_at > clock_timestamp() - silence)
    LIMIT 500
$$;

-- Questions in the chat that no answer covers and that no process is answering.
CREATE FUNCTION unanswered_sessions(max_rows integer) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT s.tenant_id, s.id
    FROM chat_sessions s
    WHERE s.asked_seq > s.answered_seq AND s.mode = 'ai'
      AND NOT EXISTS (SELECT 1 FROM chat_messages m WHERE m.tenant_id = s.tenant_id AND m.session_id = s.id AND m.status = 'streaming')
    ORDER BY s.tenant_id, s.id
    LIMIT max_rows
$$;

-- Reservations of AI money whose process is gone.
CREATE FUNCTION orphaned_ai_calls(silence interval) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT c.tenant_id, c.id
    FROM ai_calls c
    WHERE c.status = 'reserved'
      AND NOT EXISTS (SELECT 1 FROM service_instances i WHERE i.id = c.owner_id AND i.seen_at > clock_timestamp() - silence)
    LIMIT 500
$$;

-- lead_door may own them only while it may create here; afterwards it may not.
GRANT CREATE ON SCHEMA public TO lead_door;
DO $$
DECLARE door regprocedure;
BEGIN
    FOR door IN SELECT oid::regprocedure FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace AND prosecdef
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO lead_app', door);
        EXECUTE format('ALTER FUNCTION %s OWNER TO lead_door', door);
    END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM lead_door;
REVOKE ALL ON FUNCTION protect_tenant_table(regclass, text, text, text) FROM PUBLIC;
