-- Who stops what is sent, and who decides where the machine must not: holds, the mark by which a database that went back in time is known, things for a person to decide,
-- words of staff as touch points, and the pace of senders.

-- A stop of everything, by an operator or by ourselves. It belongs to the installation and to no tenant.
CREATE TABLE platform_holds (
    id uuid PRIMARY KEY,
    cause text NOT NULL CHECK (cause IN ('operator', 'database_went_back', 'vendor_knows_more')),
    reason text NOT NULL,
    taken_by uuid,
    taken_at timestamptz NOT NULL,
    released_by uuid,
    released_at timestamptz,
    CHECK ((cause = 'operator') = (taken_by IS NOT NULL))
);
-- However many processes notice, it is one.
CREATE UNIQUE INDEX platform_holds_active ON platform_holds (cause) WHERE released_at IS NULL AND cause <> 'operator';
GRANT SELECT, INSERT, UPDATE ON platform_holds TO lead_app;
GRANT SELECT ON platform_holds TO lead_door;

-- A stop for one lead, one shop or one franchise.
CREATE TABLE holds (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    scope text NOT NULL CHECK (scope IN ('lead', 'location', 'tenant')),
    lead_id uuid,
    location_id uuid,
    reason text NOT NULL,
    taken_by uuid NOT NULL,
    taken_at timestamptz NOT NULL,
    released_by uuid,
    released_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    CHECK (scope <> 'lead' OR lead_id IS NOT NULL),
    CHECK (scope <> 'location' OR location_id IS NOT NULL)
);
CREATE INDEX holds_active ON holds (tenant_id, scope) WHERE released_at IS NULL;
SELECT protect_tenant_table('holds', 'SELECT, INSERT, UPDATE', 'SELECT');
-- The claim asks which shop a lead belongs to, and nothing else of it.
CREATE POLICY door ON leads TO lead_door USING (true) WITH CHECK (true);
GRANT SELECT ON leads TO lead_door;

-- Which database this was when somebody last said that it is well: its cluster and its timeline. A backup that is restored elsewhere has another cluster, one that is
-- restored to a point in time or a standby that took over has another timeline; either may have forgotten texts that went out and people who said stop.
CREATE TABLE database_identity (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    value text NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON database_identity TO lead_app;
GRANT SELECT ON database_identity TO lead_door;

-- A service that does not tell its cluster or its timeline (some hosted ones) gives NULL, and then the memory of the processes and the vendor's list must do.
CREATE FUNCTION current_database_identity() RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT system_identifier FROM pg_control_system())::text || '/' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8);
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

-- How far the database's log is written. It never goes back, not by a crash either; where it does, an older copy has taken the database's place.
CREATE FUNCTION current_wal_position() RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

CREATE FUNCTION may_anything_be_sent() RETURNS boolean
LANGUAGE sql STABLE
RETURN NOT EXISTS (SELECT 1 FROM platform_holds h WHERE h.released_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM database_identity d WHERE d.value <> current_database_identity());

-- What a person must decide. A touch point that comes to need one makes its item in the same transaction, whoever changes it.
CREATE TABLE review_items (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    kind text NOT NULL,
    lead_id uuid,
    touch_point_id uuid,
    message_id uuid,
    reason text NOT NULL,
    -- Ids, states and codes: no secret, and nothing that its lead does not have.
    evidence jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by uuid,
    action text,
    note text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, touch_point_id) REFERENCES touch_points (tenant_id, id),
    FOREIGN KEY (tenant_id, message_id) REFERENCES chat_messages (tenant_id, id),
    CHECK ((resolved_at IS NULL) = (action IS NULL))
);
CREATE INDEX review_items_open ON review_items (tenant_id, id) WHERE resolved_at IS NULL;
CREATE INDEX review_items_of_lead ON review_items (tenant_id, lead_id);
CREATE UNIQUE INDEX review_items_one_per_touch ON review_items (tenant_id, touch_point_id) WHERE resolved_at IS NULL AND touch_point_id IS NOT NULL;
SELECT protect_tenant_table('review_items', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE');

-- An id of version 7 for an instant: what a trigger makes is in the order of time, too.
CREATE FUNCTION uuid_at(at timestamptz) RETURNS uuid
LANGUAGE sql VOLATILE
RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send((extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;

CREATE FUNCTION review_touch_point() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'needs_review' THEN
        INSERT INTO review_items (tenant_id, id, kind, lead_id, touch_point_id, reason, evidence, created_at)
        VALUES (NEW.tenant_id, uuid_at(NEW.updated_at), 'touch_point', NEW.lead_id, NEW.id, NEW.reason,
            jsonb_build_object('step', NEW.step, 'channel', NEW.channel, 'dueAt', NEW.due_at, 'handedOverAt', NEW.handed_over_at, 'attempts',
                (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'number', a.number, 'status', a.status, 'providerId', a.provider_id,
                        'providerStatus', a.provider_status, 'errorCode', a.error_code, 'startedAt', a.started_at, 'finishedAt', a.finished_at) ORDER BY a.number), '[]')
                 FROM message_attempts a WHERE a.tenant_id = NEW.tenant_id AND a.touch_point_id = NEW.id)),
            NEW.updated_at)
        ON CONFLICT (tenant_id, touch_point_id) WHERE resolved_at IS NULL AND touch_point_id IS NOT NULL
        DO UPDATE SET reason = excluded.reason, evidence = excluded.evidence;
    ELSE
        -- The vendor told after all, or the lead needs it no more: nobody has to decide.
        UPDATE review_items SET resolved_at = NEW.updated_at, action = 'settled'
        WHERE tenant_id = NEW.tenant_id AND touch_point_id = NEW.id AND resolved_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_points_for_review AFTER UPDATE OF status ON touch_points FOR EACH ROW
WHEN (NEW.status IS DISTINCT FROM OLD.status AND (NEW.status = 'needs_review' OR OLD.status = 'needs_review')) EXECUTE FUNCTION review_touch_point();
CREATE TRIGGER touch_points_born_for_review AFTER INSERT ON touch_points FOR EACH ROW
WHEN (NEW.status = 'needs_review') EXECUTE FUNCTION review_touch_point();

-- Those that wait for a person already.
ALTER TABLE touch_points NO FORCE ROW LEVEL SECURITY;
ALTER TABLE review_items NO FORCE ROW LEVEL SECURITY;
INSERT INTO review_items (tenant_id, id, kind, lead_id, touch_point_id, reason, created_at)
SELECT tenant_id, uuid_at(updated_at), 'touch_point', lead_id, id, reason, updated_at FROM touch_points WHERE status = 'needs_review';
ALTER TABLE touch_points FORCE ROW LEVEL SECURITY;
ALTER TABLE review_items FORCE ROW LEVEL SECURITY;

-- What a member of staff wrote: a touch point with its own words, beside the message of the conversation that shows them.
ALTER TABLE touch_points
    ADD COLUMN subject text,
    ADD COLUMN content text,
    ADD COLUMN message_id uuid,
    -- Real time: from then on its sender is free for it.
    ADD COLUMN slot_at timestamptz,
    ADD CONSTRAINT touch_points_message_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES chat_messages (tenant_id, id);
ALTER TABLE leads ADD COLUMN closing_note text;

-- How fast a sender may go on, by the database's clock, and how much it sent in a day of Pacific time, by which the carriers count.
CREATE TABLE sender_paces (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    -- The number, or the messaging service.
    sender text NOT NULL,
    -- Of what was planned for many, and of first touches and words of staff, which go ahead.
    next_free_at timestamptz NOT NULL,
    first_free_at timestamptz NOT NULL,
    day date NOT NULL,
    segments integer NOT NULL DEFAULT 0 CHECK (segments >= 0),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, sender)
);
SELECT protect_tenant_table('sender_paces', 'SELECT, INSERT, UPDATE');

-- First touches and words of staff go ahead of what was planned for many.
CREATE INDEX touch_points_due_first ON touch_points (tenant_id, due_at, id) WHERE status = 'scheduled' AND channel = 'sms' AND (step = 'greeting' OR step LIKE 'staff-%');
-- What failed, by cause.
CREATE INDEX touch_points_ended_badly ON touch_points (tenant_id, updated_at) WHERE status IN ('failed', 'expired', 'needs_review');

GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

CREATE OR REPLACE FUNCTION claim_touch_points_except(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval, skipped uuid[])
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH asked AS MATERIALIZED (
        SELECT n.id, EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = n.id AND h.released_at IS NULL) AS is_partly_held
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
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.channel = 'sms' AND (p.step = 'greeting' OR p.step LIKE 'staff-%') AND p.due_at <= business_now
              AND (NOT t.is_partly_held OR NOT EXISTS (SELECT 1 FROM leads l JOIN holds h ON h.tenant_id = l.tenant_id AND h.released_at IS NULL AND (h.lead_id = l.id OR h.location_id = l.location_id)
                    WHERE l.tenant_id = p.tenant_id AND l.id = p.lead_id))
            ORDER BY p.due_at, p.id
            LIMIT max_per_tenant
            FOR UPDATE OF p SKIP LOCKED
        ) e
        LIMIT max_rows
    ), others AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT a.id, a.is_partly_held, max_per_tenant - (SELECT count(*) FROM firsts f WHERE f.tenant_id = a.id) AS room FROM asked a) t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.channel = 'sms' AND NOT (p.step = 'greeting' OR p.step LIKE 'staff-%') AND p.due_at <= business_now
              AND (NOT t.is_partly_held OR NOT EXISTS (SELECT 1 FROM leads l JOIN holds h ON h.tenant_id = l.tenant_id AND h.released_at IS NULL AND (h.lead_id = l.id OR h.location_id = l.location_id)
                    WHERE l.tenant_id = p.tenant_id AND l.id = p.lead_id))
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

CREATE OR REPLACE FUNCTION claim_touch_points(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH asked AS MATERIALIZED (
        SELECT n.id, EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = n.id AND h.released_at IS NULL) AS is_partly_held
        FROM tenants n
        WHERE (SELECT may_anything_be_sent())
          AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = n.id AND h.released_at IS NULL AND h.scope = 'tenant')
        ORDER BY random()
    ), firsts AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM asked t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.channel = 'sms' AND (p.step = 'greeting' OR p.step LIKE 'staff-%') AND p.due_at <= business_now
              AND (NOT t.is_partly_held OR NOT EXISTS (SELECT 1 FROM leads l JOIN holds h ON h.tenant_id = l.tenant_id AND h.released_at IS NULL AND (h.lead_id = l.id OR h.location_id = l.location_id)
                    WHERE l.tenant_id = p.tenant_id AND l.id = p.lead_id))
            ORDER BY p.due_at, p.id
            LIMIT max_per_tenant
            FOR UPDATE OF p SKIP LOCKED
        ) e
        LIMIT max_rows
    ), others AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT a.id, a.is_partly_held, max_per_tenant - (SELECT count(*) FROM firsts f WHERE f.tenant_id = a.id) AS room FROM asked a) t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.channel = 'sms' AND NOT (p.step = 'greeting' OR p.step LIKE 'staff-%') AND p.due_at <= business_now
              AND (NOT t.is_partly_held OR NOT EXISTS (SELECT 1 FROM leads l JOIN holds h ON h.tenant_id = l.tenant_id AND h.released_at IS NULL AND (h.lead_id = l.id OR h.location_id = l.location_id)
                    WHERE l.tenant_id = p.tenant_id AND l.id = p.lead_id))
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

-- As claim_touch_points, for emails: a hold holds them, too.
CREATE OR REPLACE FUNCTION claim_emails(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (
            SELECT n.id, EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = n.id AND h.released_at IS NULL) AS is_partly_held
            FROM tenants n
            WHERE (SELECT may_anything_be_sent())
              AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = n.id AND h.released_at IS NULL AND h.scope = 'tenant')
            ORDER BY random()
        ) t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.channel = 'email' AND p.due_at <= business_now
              AND (NOT t.is_partly_held OR NOT EXISTS (SELECT 1 FROM leads l JOIN holds h ON h.tenant_id = l.tenant_id AND h.released_at IS NULL AND (h.lead_id = l.id OR h.location_id = l.location_id)
                    WHERE l.tenant_id = p.tenant_id AND l.id = p.lead_id))
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

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
