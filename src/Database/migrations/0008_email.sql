-- Email beside the texts: addresses with a "no" of their own, links by which one says it, and doors of their own for what is due.

-- An address as the whole tenant knows it. Like a contact's, this row is the lock between "unsubscribe" and "send".
CREATE TABLE email_addresses (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    -- In small letters.
    email text NOT NULL CHECK (email = lower(email) AND email LIKE '%_@_%'),
    unsubscribed_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email)
);
SELECT protect_tenant_table('email_addresses', 'SELECT, INSERT, UPDATE');

-- The link in an email by which its reader is never written to again: 128 random bits or more, known here by its SHA-256 alone. It never ends.
CREATE TABLE unsubscribe_tokens (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email_address_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, email_address_id) REFERENCES email_addresses (tenant_id, id),
    FOREIGN KEY (tenant_id, attempt_id) REFERENCES message_attempts (tenant_id, id),
    UNIQUE (tenant_id, token_hash)
);
CREATE INDEX unsubscribe_tokens_by_hash ON unsubscribe_tokens (token_hash);
SELECT protect_tenant_table('unsubscribe_tokens', 'SELECT, INSERT', 'SELECT');

-- Evidence belongs to a number, or to an address.
ALTER TABLE consent_events
    ALTER COLUMN contact_id DROP NOT NULL,
    ADD COLUMN email_address_id uuid,
    ADD CONSTRAINT consent_events_email_address_fkey FOREIGN KEY (tenant_id, email_address_id) REFERENCES email_addresses (tenant_id, id),
    ADD CONSTRAINT consent_events_of_somebody CHECK (contact_id IS NOT NULL OR email_address_id IS NOT NULL);
CREATE INDEX consent_events_of_email_address ON consent_events (tenant_id, email_address_id, occurred_at) WHERE email_address_id IS NOT NULL;

CREATE INDEX touch_points_due_emails ON touch_points (tenant_id, due_at, id) WHERE status = 'scheduled' AND channel = 'email';

-- As claim_touch_points, for emails.
CREATE FUNCTION claim_emails(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.channel = 'email' AND p.due_at <= business_now
            ORDER BY p.due_at, p.id
            LIMIT max_per_tenant
            FOR UPDATE SKIP LOCKED
        ) e
        LIMIT max_rows
    )
    UPDATE touch_points p
    SET status = 'sending', fence = p.fence + 1, handed_over_at = NULL, claimed_by = worker, lease_until = clock_timestamp() + lease, updated_at = business_now
    FROM due
    WHERE p.tenant_id = due.tenant_id AND p.id = due.id
    RETURNING p.tenant_id, p.id, p.fence
$$;

-- SendGrid has no list to look an email up in: what stayed unknown for so long is a person's to decide. It is never sent again by guess.
CREATE FUNCTION park_unknown_emails(business_now timestamptz, age interval)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE touch_points p
    SET status = 'needs_review', reason = 'sendgrid_cannot_tell', updated_at = business_now
    FROM tenants t
    WHERE p.tenant_id = t.id AND p.status = 'unknown' AND p.channel = 'email'
      AND (p.handed_over_at IS NULL OR p.handed_over_at < clock_timestamp() - age)
    RETURNING p.tenant_id, p.id
$$;

-- Whose unsubscribe link is this?
CREATE FUNCTION find_unsubscribe_token(hash bytea) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT u.tenant_id, u.id FROM unsubscribe_tokens u WHERE u.token_hash = hash $$;

GRANT CREATE ON SCHEMA public TO lead_door;
DO $$
DECLARE door regprocedure;
BEGIN
    FOREACH door IN ARRAY ARRAY['claim_emails(uuid, timestamptz, integer, integer, interval)', 'park_unknown_emails(timestamptz, interval)', 'find_unsubscribe_token(bytea)']::regprocedure[]
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO lead_app', door);
        EXECUTE format('ALTER FUNCTION %s OWNER TO lead_door', door);
    END LOOP;
END $$;

-- From here on the doors of the texts see texts alone; so do processes of the release before, which know no other channel. They belong to lead_door,
-- and whoever migrates is not always a superuser: as their owner, then.
SET ROLE lead_door;
CREATE OR REPLACE FUNCTION claim_touch_points(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT p.tenant_id, p.id
            FROM touch_points p
            WHERE p.tenant_id = t.id AND p.status = 'scheduled' AND p.channel = 'sms' AND p.due_at <= business_now
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

CREATE OR REPLACE FUNCTION unknown_touch_points(after_tenant uuid, after_id uuid, max_rows integer) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT p.tenant_id, p.id FROM touch_points p
    WHERE p.status = 'unknown' AND p.channel = 'sms' AND (p.tenant_id, p.id) > (after_tenant, after_id)
    ORDER BY p.tenant_id, p.id
    LIMIT max_rows
$$;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
