-- What is held says so in its own row, so that a claim does not look through a franchise's held backlog: with 100,000 due texts of one held shop each claim read all of them, twice,
-- and everybody else waited for it. And the two claims of texts, which were twins, are one. A number has one pace, however many franchises share it.

ALTER TABLE touch_points ADD COLUMN is_held boolean NOT NULL DEFAULT false;

DROP INDEX touch_points_due, touch_points_due_first, touch_points_due_emails;
CREATE INDEX touch_points_due ON touch_points (tenant_id, due_at, id) WHERE status = 'scheduled' AND NOT is_held;
CREATE INDEX touch_points_due_first ON touch_points (tenant_id, due_at, id)
    WHERE status = 'scheduled' AND NOT is_held AND channel = 'sms' AND (step = 'greeting' OR message_id IS NOT NULL);
CREATE INDEX touch_points_due_emails ON touch_points (tenant_id, due_at, id) WHERE status = 'scheduled' AND NOT is_held AND channel = 'email';
CREATE INDEX touch_points_held ON touch_points (tenant_id, expires_at) WHERE is_held;

-- Does a hold of the tenant keep back what is planned for this lead?
CREATE FUNCTION is_lead_held(tenant uuid, lead uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = tenant AND h.released_at IS NULL
    AND (h.scope = 'tenant' OR h.lead_id = lead OR h.location_id = (SELECT l.location_id FROM leads l WHERE l.tenant_id = tenant AND l.id = lead)));

-- A hold marks what is planned, and its end takes the mark away, whoever takes or ends it. What is planned meanwhile is marked by the gate, which holds the hold's row FOR SHARE:
-- so it marks before the end, and the end sees the mark, or it sees the end.
CREATE FUNCTION mark_held_touch_points() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.released_at IS NULL THEN
        UPDATE touch_points t SET is_held = true
        WHERE t.tenant_id = NEW.tenant_id AND t.status = 'scheduled' AND NOT t.is_held
          AND (NEW.scope = 'tenant' OR t.lead_id = NEW.lead_id
            OR t.lead_id IN (SELECT l.id FROM leads l WHERE l.tenant_id = NEW.tenant_id AND l.location_id = NEW.location_id));
    ELSE
        UPDATE touch_points t SET is_held = false, reason = nullif(t.reason, 'held')
        WHERE t.tenant_id = NEW.tenant_id AND t.is_held
          AND (NEW.scope = 'tenant' OR t.lead_id = NEW.lead_id
            OR t.lead_id IN (SELECT l.id FROM leads l WHERE l.tenant_id = NEW.tenant_id AND l.location_id = NEW.location_id))
          AND NOT is_lead_held(t.tenant_id, t.lead_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_mark AFTER INSERT ON holds FOR EACH ROW EXECUTE FUNCTION mark_held_touch_points();
CREATE TRIGGER holds_unmark AFTER UPDATE OF released_at ON holds FOR EACH ROW
WHEN (NEW.released_at IS DISTINCT FROM OLD.released_at) EXECUTE FUNCTION mark_held_touch_points();

-- How fast a number goes on, whichever franchises send by it: two that share one share its places and its day. The row belongs to the installation, as the number's carrier sees it,
-- and so it tells nobody whose it is. Processes of the release before count in sender_paces, which a later one drops.
CREATE TABLE number_paces (
    -- SHA-256 of the account and the number, or its messaging service.
    sender_hash bytea PRIMARY KEY CHECK (length(sender_hash) = 32),
    next_free_at timestamptz NOT NULL,
    first_free_at timestamptz NOT NULL,
    -- When the carrier has taken all that went out.
    carrier_free_at timestamptz NOT NULL,
    day date NOT NULL,
    segments integer NOT NULL DEFAULT 0 CHECK (segments >= 0)
);
GRANT SELECT, INSERT, UPDATE ON number_paces TO lead_app;

-- Holds that stand already. Whoever migrates may be no superuser.
ALTER TABLE touch_points NO FORCE ROW LEVEL SECURITY;
ALTER TABLE leads NO FORCE ROW LEVEL SECURITY;
ALTER TABLE holds NO FORCE ROW LEVEL SECURITY;
UPDATE touch_points t SET is_held = true
WHERE t.status = 'scheduled' AND EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = t.tenant_id AND h.released_at IS NULL) AND is_lead_held(t.tenant_id, t.lead_id);
ALTER TABLE touch_points FORCE ROW LEVEL SECURITY;
ALTER TABLE leads FORCE ROW LEVEL SECURITY;
ALTER TABLE holds FORCE ROW LEVEL SECURITY;

GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

-- First touches and what belongs to a conversation (words of staff, answers to texts) go ahead of what was planned for many.
-- A franchise that is held as a whole is not even asked: what was planned for it meanwhile would be claimed and put back.
CREATE OR REPLACE FUNCTION claim_touch_points_except(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval, skipped uuid[])
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH asked AS MATERIALIZED (
        SELECT n.id
        FROM tenants n
        WHERE n.id <> ALL (skipped) AND (SELECT may_anything_be_sent())
          AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = n.id AND h.released_at IS NULL AND h.scope = 'tenant')
        ORDER BY random()
    ), firsts AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM asked t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND NOT p.is_held AND p.channel = 'sms' AND (p.step = 'greeting' OR p.message_id IS NOT NULL) AND p.due_at <= business_now
            ORDER BY p.due_at, p.id
            LIMIT max_per_tenant
            FOR UPDATE OF p SKIP LOCKED
        ) e
        LIMIT max_rows
    ), others AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT a.id, max_per_tenant - (SELECT count(*) FROM firsts f WHERE f.tenant_id = a.id) AS room FROM asked a) t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND NOT p.is_held AND p.channel = 'sms' AND NOT (p.step = 'greeting' OR p.message_id IS NOT NULL) AND p.due_at <= business_now
            ORDER BY p.due_at, p.id
            LIMIT t.room
            FOR UPDATE OF p SKIP LOCKED
        ) e
        WHERE t.room > 0
        LIMIT max_rows - (SELECT count(*) FROM firsts)
    )
    UPDATE touch_points p
    SET status = 'sending', fence = p.fence + 1, reason = NULL, handed_over_at = NULL,
        claimed_by = worker, lease_until = clock_timestamp() + lease, updated_at = business_now
    FROM (SELECT f.tenant_id, f.id FROM firsts f UNION ALL SELECT o.tenant_id, o.id FROM others o) due
    WHERE p.tenant_id = due.tenant_id AND p.id = due.id
    RETURNING p.tenant_id, p.id, p.fence
$$;

-- For processes of the release before; a later one drops it.
CREATE OR REPLACE FUNCTION claim_touch_points(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT c.tenant_id, c.id, c.fence FROM claim_touch_points_except(worker, business_now, max_rows, max_per_tenant, lease, '{}') c $$;

CREATE OR REPLACE FUNCTION claim_emails(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (
            SELECT n.id
            FROM tenants n
            WHERE (SELECT may_anything_be_sent())
              AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = n.id AND h.released_at IS NULL AND h.scope = 'tenant')
            ORDER BY random()
        ) t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND NOT p.is_held AND p.channel = 'email' AND p.due_at <= business_now
            ORDER BY p.due_at, p.id
            LIMIT max_per_tenant
            FOR UPDATE OF p SKIP LOCKED
        ) e
        LIMIT max_rows
    )
    UPDATE touch_points p
    SET status = 'sending', fence = p.fence + 1, handed_over_at = NULL, claimed_by = worker, lease_until = clock_timestamp() + lease, updated_at = business_now
    FROM due
    WHERE p.tenant_id = due.tenant_id AND p.id = due.id
    RETURNING p.tenant_id, p.id, p.fence
$$;

-- As before, and of what is held those that a hold has outlived: twenty of each tenant in a round.
CREATE OR REPLACE FUNCTION expire_touch_points(business_now timestamptz)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH late AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM tenants t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM ((SELECT d.id, d.expires_at
                  FROM touch_points d
                  WHERE d.tenant_id = t.id AND d.status = 'scheduled' AND NOT d.is_held AND d.due_at <= business_now
                  ORDER BY d.due_at, d.id
                  LIMIT 20)
                 UNION ALL
                 (SELECT d.id, d.expires_at
                  FROM touch_points d
                  WHERE d.tenant_id = t.id AND d.is_held AND d.status = 'scheduled' AND d.expires_at <= business_now
                  ORDER BY d.expires_at
                  LIMIT 20)) first
            JOIN touch_points p ON p.tenant_id = t.id AND p.id = first.id
            WHERE first.expires_at <= business_now AND p.status = 'scheduled'
            FOR UPDATE OF p SKIP LOCKED
        ) e
    )
    UPDATE touch_points p
    SET status = 'expired', reason = 'too_late', is_held = false, updated_at = business_now
    FROM late
    WHERE p.tenant_id = late.tenant_id AND p.id = late.id
    RETURNING p.tenant_id, p.id
$$;

-- As before, but for what is held: that is not late.
CREATE OR REPLACE FUNCTION installation_figures(business_now timestamptz)
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
            (SELECT count(*) FROM (SELECT 1 FROM touch_points p WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND NOT p.is_held AND p.due_at <= business_now ORDER BY p.due_at, p.id LIMIT 1000) c) AS due,
            (SELECT p.due_at FROM touch_points p WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND NOT p.is_held AND p.due_at <= business_now ORDER BY p.due_at, p.id LIMIT 1) AS due_since,
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

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
