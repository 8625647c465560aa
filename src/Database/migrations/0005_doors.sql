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

-- Only the first few due ones of each tenant are looked at: the whole backlog would be read each second (57 ms with 8,000 due and none of them late).
-- A late one behind them is let go when its turn comes; the gate asks for it as well.
CREATE FUNCTION expire_touch_points(business_now timestamptz)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH late AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM tenants t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM (SELECT d.id, d.expires_at
                  FROM touch_points d
                  WHERE d.tenant_id = t.id AND d.status = 'scheduled' AND d.due_at <= business_now
                  ORDER BY d.due_at, d.id
                  LIMIT 20) first
            JOIN touch_points p ON p.tenant_id = t.id AND p.id = first.id
            WHERE first.expires_at <= business_now AND p.status = 'scheduled'
            FOR UPDATE OF p SKIP LOCKED
        ) e
    )
    UPDATE touch_points p
    SET status = 'expired', reason = 'too_late', updated_at = business_now
    FROM late
    WHERE p.tenant_id = late.tenant_id AND p.id = late.id
    RETURNING p.tenant_id, p.id
$$;

-- Texts of which nobody knows whether they went out: the reconcile looks them up at the vendor, page by page, so that those it cannot find yet hide no others.
CREATE FUNCTION unknown_touch_points(after_tenant uuid, after_id uuid, max_rows integer) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT p.tenant_id, p.id FROM touch_points p
    WHERE p.status = 'unknown' AND (p.tenant_id, p.id) > (after_tenant, after_id)
    ORDER BY p.tenant_id, p.id
    LIMIT max_rows
$$;

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

-- How the whole installation stands, in numbers alone: for the operator's gauges and alarms. Everything is asked tenant by tenant, so that each count is a short range
-- of an index (as joins they read the whole tables: 410 ms with 200,000 rows; 24 ms so) and ends at 1,000 a tenant. business_now decides what is due; ages are in seconds.
CREATE FUNCTION installation_figures(business_now timestamptz)
RETURNS TABLE (inbox bigint, inbox_oldest_seconds bigint, inbox_dead bigint, due bigint, lateness_seconds bigint, sending bigint, unknown bigint,
    needs_review bigint, unsettled_oldest_seconds bigint, last_webhook_seconds bigint, silent_tenants bigint, ai_spent_micros bigint, ai_fullest_percent bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH of_tenant AS MATERIALIZED (
        SELECT
            (SELECT count(*) FROM (SELECT 1 FROM webhook_events w WHERE w.tenant_id = t.id AND w.status = 'received' ORDER BY w.next_attempt_at, w.id LIMIT 1000) c) AS waiting,
            (SELECT count(*) FROM webhook_events w WHERE w.tenant_id = t.id AND w.status = 'processing') AS processing,
            (SELECT w.received_at FROM webhook_events w WHERE w.tenant_id = t.id AND w.status = 'received' ORDER BY w.id LIMIT 1) AS waiting_since,
            (SELECT count(*) FROM (SELECT 1 FROM webhook_events w WHERE w.tenant_id = t.id AND w.status = 'dead' ORDER BY w.id LIMIT 1000) c) AS dead,
            (SELECT w.received_at FROM webhook_events w WHERE w.tenant_id = t.id AND w.provider = 'shopmonkey' ORDER BY w.id DESC LIMIT 1) AS heard_at,
            (SELECT count(*) FROM (SELECT 1 FROM touch_points p WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.due_at <= business_now ORDER BY p.due_at, p.id LIMIT 1000) c) AS due,
            (SELECT p.due_at FROM touch_points p WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.due_at <= business_now ORDER BY p.due_at, p.id LIMIT 1) AS due_since,
            (SELECT min(p.updated_at) FROM touch_points p WHERE p.tenant_id = t.id AND p.status = 'unknown') AS unknown_since,
            (SELECT min(p.updated_at) FROM touch_points p WHERE p.tenant_id = t.id AND p.status = 'sending' AND p.handed_over_at IS NOT NULL) AS sending_since,
            b.spent_micros + b.reserved_micros AS spent, b.limit_micros AS cap
        FROM tenants t
        LEFT JOIN ai_budgets b ON b.tenant_id = t.id AND b.day = (business_now AT TIME ZONE t.timezone)::date
    )
    SELECT
        coalesce(sum(o.waiting + o.processing), 0)::bigint,
        coalesce(max(greatest(0, extract(epoch FROM business_now - o.waiting_since)))::bigint, 0),
        coalesce(sum(o.dead), 0)::bigint,
        coalesce(sum(o.due), 0)::bigint,
        coalesce(max(extract(epoch FROM business_now - o.due_since))::bigint, 0),
        (SELECT count(*) FROM touch_points p WHERE p.status = 'sending'),
        (SELECT count(*) FROM touch_points p WHERE p.status = 'unknown'),
        (SELECT count(*) FROM touch_points p WHERE p.status = 'needs_review'),
        coalesce(max(greatest(0, extract(epoch FROM business_now - least(o.unknown_since, o.sending_since))))::bigint, 0),
        coalesce(min(greatest(0, extract(epoch FROM business_now - o.heard_at)))::bigint, -1),
        count(*) FILTER (WHERE o.heard_at < business_now - interval '3 days'),
        coalesce(sum(o.spent), 0)::bigint,
        coalesce(max(CASE WHEN o.cap > 0 THEN 100 * o.spent / o.cap ELSE 0 END), 0)::bigint
    FROM of_tenant o
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
