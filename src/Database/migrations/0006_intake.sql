-- Intake that misses nothing: the poll beside the webhooks, what counts as a lead in each shop, catalogs and hours that staff may change, people behind leads,
-- other ways in, and the franchises' own credentials.

-- A tenant's own keys at a vendor. `secret` is AES-256-GCM (docs/decisions/0009), bound to tenant, table and column; nothing else of it is kept in the clear
-- but what finds the tenant of an incoming call.
CREATE TABLE vendor_credentials (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    vendor text NOT NULL CHECK (vendor IN ('shopmonkey', 'twilio', 'sendgrid')),
    secret text NOT NULL,
    -- Twilio's sender (E.164) and account: an inbound text to one of them is this tenant's.
    phone text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    account text CHECK (account ~ '^AC[0-9a-fA-F]{32}$'),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, vendor)
);
CREATE INDEX vendor_credentials_by_phone ON vendor_credentials (phone) WHERE phone IS NOT NULL;
CREATE INDEX vendor_credentials_by_account ON vendor_credentials (account) WHERE account IS NOT NULL;
SELECT protect_tenant_table('vendor_credentials', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT');

-- The webhook that we made at the CRM ourselves, one per tenant (its id is the tenant's): what we made we may mend, what others made we only look at.
CREATE TABLE webhook_registrations (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    external_id text NOT NULL,
    url text NOT NULL,
    -- Real time of the last mending without a person, by the database's clock: at most one in ten minutes, however many processes look.
    mended_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('webhook_registrations', 'SELECT, INSERT, UPDATE');

-- One row per tenant (its id is the tenant's): when its CRM is polled next, and by whom. The lease runs on the database's clock; the fence makes a poller that
-- was given up change nothing.
CREATE TABLE poll_states (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    next_poll_at timestamptz NOT NULL,
    claimed_by uuid,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    -- One machine word: why the last run did not reach its end.
    reason text,
    -- The CRM's clock minus ours, from its Date header.
    clock_skew_ms bigint NOT NULL DEFAULT 0,
    -- Business time of the last complete run of each kind.
    polled_at timestamptz,
    swept_at timestamptz,
    compared_at timestamptz,
    -- Orders that the CRM had and we did not, at the last nightly comparison. Must be 0.
    missing bigint,
    -- Who sweeps or compares, which goes on beside the polls.
    looked_by uuid,
    look_until timestamptz,
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('poll_states', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE');

-- Up to which instant of the CRM's clock everything is ours. Moves only in the transaction that stores a complete window.
CREATE TABLE poll_marks (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    -- A table of the CRM and the date that is looked at, such as order.updatedDate.
    topic text NOT NULL,
    mark timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, topic)
);
SELECT protect_tenant_table('poll_marks', 'SELECT, INSERT, UPDATE');

-- The newest version of each customer, vehicle, appointment and service of the CRM that was taken in: an older event changes nothing, and what is gone stays gone.
-- Orders keep theirs in leads and external_tombstones.
CREATE TABLE crm_versions (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('customer', 'vehicle', 'appointment', 'canned_service')),
    external_id text NOT NULL,
    version bigint NOT NULL,
    -- SHA-256 of what we read in it: the same version with another content is asked for again. Null = nothing of it was needed.
    content_hash bytea CHECK (length(content_hash) = 32),
    is_gone boolean NOT NULL DEFAULT false,
    -- Of an appointment that stands: the order (its id at the CRM) that is booked by it, whether we know that order already or not.
    books_order text CHECK (books_order IS NULL OR kind = 'appointment'),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, kind, external_id)
);
CREATE INDEX crm_versions_bookings ON crm_versions (tenant_id, books_order) WHERE books_order IS NOT NULL;
SELECT protect_tenant_table('crm_versions', 'SELECT, INSERT, UPDATE');

-- How an event came: told by the vendor, found by the poll, or put back by a person.
ALTER TABLE webhook_events ADD COLUMN origin text NOT NULL DEFAULT 'webhook' CHECK (origin IN ('webhook', 'poll'));
ALTER TABLE webhook_events ADD COLUMN replays integer NOT NULL DEFAULT 0;
ALTER TABLE webhook_events DROP CONSTRAINT webhook_events_provider_check,
    ADD CONSTRAINT webhook_events_provider_check CHECK (provider IN ('shopmonkey', 'twilio', 'sendgrid'));

-- What each shop was heard of and when: for the report of how complete we know ourselves to be, and for the alarm when a shop is silent for longer than it ever was.
CREATE TABLE location_activity (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    webhook_at timestamptz,
    webhook_events bigint NOT NULL DEFAULT 0,
    -- The longest pause between two webhooks so far; it fades by a hundredth with each event.
    longest_pause_seconds bigint NOT NULL DEFAULT 0,
    poll_at timestamptz,
    -- What the poll found first, although a webhook should have told.
    poll_events bigint NOT NULL DEFAULT 0,
    -- As many of them since the last webhook.
    poll_events_in_a_row bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    UNIQUE (tenant_id, location_id)
);
SELECT protect_tenant_table('location_activity', 'SELECT, INSERT, UPDATE', 'SELECT');

-- What is a lead, shop by shop.
ALTER TABLE locations
    ADD COLUMN lead_workflow_names text[],
    ADD COLUMN lead_statuses text[] NOT NULL DEFAULT '{Estimate}',
    ADD COLUMN lead_exclusions text[] NOT NULL DEFAULT '{}',
    ADD COLUMN test_marker text NOT NULL DEFAULT '[test]' CHECK (test_marker <> ''),
    ADD COLUMN name_is_ours boolean NOT NULL DEFAULT false,
    ADD COLUMN timezone_is_ours boolean NOT NULL DEFAULT false,
    -- Grow with each change of the shop's services, and of its hours: caches are keyed by them, so that no process answers from an old one.
    ADD COLUMN catalog_version bigint NOT NULL DEFAULT 1,
    ADD COLUMN hours_version bigint NOT NULL DEFAULT 1;

-- Days that differ from the week: holidays, short days.
CREATE TABLE location_hours_exceptions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    date date NOT NULL,
    closed boolean NOT NULL,
    opens time,
    closes time,
    note text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    CHECK (closed = (opens IS NULL)),
    CHECK (closed = (closes IS NULL)),
    CHECK (closes > opens)
);
CREATE INDEX location_hours_exceptions_of_location ON location_hours_exceptions (tenant_id, location_id, date);
SELECT protect_tenant_table('location_hours_exceptions', 'SELECT, INSERT, UPDATE, DELETE');

-- What the CRM says of a shop's name and zone, so that staff can take their own back.
ALTER TABLE locations
    ADD COLUMN crm_name text,
    ADD COLUMN crm_timezone text;
-- Rows are moved with row-level security not forced for that moment: whoever migrates owns the tables and may be no superuser.
ALTER TABLE locations NO FORCE ROW LEVEL SECURITY;
UPDATE locations SET crm_name = name, crm_timezone = timezone WHERE synced_at IS NOT NULL;
ALTER TABLE locations FORCE ROW LEVEL SECURITY;

-- What staff changed of a service that the CRM has; the columns beside it keep what the CRM says, so that a change can be taken back.
ALTER TABLE service_catalog
    ADD COLUMN overridden text[] NOT NULL DEFAULT '{}'
        CHECK (overridden <@ ARRAY['name', 'description', 'priceCents', 'durationMinutes', 'bookable', 'vehicleClass', 'active']),
    ADD COLUMN crm_name text,
    ADD COLUMN crm_description text,
    ADD COLUMN crm_price_cents bigint,
    ADD COLUMN crm_duration_minutes integer,
    ADD COLUMN crm_bookable boolean,
    ADD COLUMN crm_vehicle_class text,
    -- missing: the last complete list did not have it. deleted: the CRM said so; only a newer version brings it back.
    ADD COLUMN crm_state text CHECK (crm_state IN ('offered', 'missing', 'deleted')),
    ADD COLUMN crm_version bigint;
ALTER TABLE service_catalog NO FORCE ROW LEVEL SECURITY;
UPDATE service_catalog
SET crm_name = name, crm_description = description, crm_price_cents = price_cents, crm_duration_minutes = duration_minutes, crm_bookable = bookable,
    crm_vehicle_class = vehicle_class, crm_state = CASE WHEN active THEN 'offered' ELSE 'missing' END, crm_version = 0
WHERE source = 'crm';
ALTER TABLE service_catalog FORCE ROW LEVEL SECURITY;
-- A service by hand has nothing of the CRM's, and a service of the CRM is offered only while the CRM has it.
ALTER TABLE service_catalog
    ADD CONSTRAINT service_catalog_manual CHECK (source <> 'manual' OR (external_id IS NULL AND crm_state IS NULL AND overridden = '{}')),
    ADD CONSTRAINT service_catalog_override CHECK (source <> 'crm' OR overridden = '{}'),
    ADD CONSTRAINT service_catalog_offered CHECK (NOT active OR coalesce(crm_state, 'offered') = 'offered');
CREATE INDEX service_catalog_by_external ON service_catalog (tenant_id, external_id) WHERE external_id IS NOT NULL;

-- What a service cost when: append-only. `ordinal` is the order of its changes; two may bear the same instant.
CREATE TABLE service_prices (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal > 0),
    price_cents bigint NOT NULL CHECK (price_cents >= 0),
    -- False from the instant at which the service was no longer offered.
    active boolean NOT NULL,
    source text NOT NULL CHECK (source IN ('crm', 'override', 'manual')),
    valid_from timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service_catalog (tenant_id, id),
    UNIQUE (tenant_id, service_id, ordinal)
);
SELECT protect_tenant_table('service_prices', 'SELECT, INSERT');
ALTER TABLE service_catalog NO FORCE ROW LEVEL SECURITY;
ALTER TABLE service_prices NO FORCE ROW LEVEL SECURITY;
INSERT INTO service_prices (tenant_id, id, service_id, ordinal, price_cents, active, source, valid_from)
SELECT tenant_id, id, id, 1, price_cents, active, source, valid_from FROM service_catalog;
ALTER TABLE service_catalog FORCE ROW LEVEL SECURITY;
ALTER TABLE service_prices FORCE ROW LEVEL SECURITY;

-- Whoever changes a shop's services or hours, by whatever way, makes the shop's version grow in the same transaction: then no cache that is keyed by it can be old.
-- The rows' tenant is the statement's own: this runs with the writer's rights, under row-level security.
CREATE FUNCTION grow_location_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($grow$
        UPDATE locations l SET %1$I = l.%1$I + 1
        FROM (SELECT DISTINCT c.tenant_id, c.location_id FROM changed c) c
        WHERE l.tenant_id = c.tenant_id AND l.id = c.location_id
        $grow$, TG_ARGV[0]);
    RETURN NULL;
END $$;
DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN
        SELECT t.name, t.version, e.event, e.rows
        FROM (VALUES ('service_catalog', 'catalog_version'), ('location_hours', 'hours_version'), ('location_hours_exceptions', 'hours_version')) t (name, version)
        CROSS JOIN (VALUES ('INSERT', 'NEW'), ('UPDATE', 'NEW'), ('DELETE', 'OLD')) e (event, rows)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER %s AFTER %s ON %I REFERENCING %s TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION grow_location_version(%L)',
            'version_after_' || lower(watched.event), watched.event, watched.name, watched.rows, watched.version);
    END LOOP;
END $$;

-- The person behind leads: whoever has the same phone or email. A lead keeps its own row, its own source and its own words.
CREATE TABLE people (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('people', 'SELECT, INSERT');

CREATE TABLE person_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('phone', 'email')),
    -- E.164, or the address in small letters.
    value text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
    UNIQUE (tenant_id, kind, value)
);
CREATE INDEX person_keys_of_person ON person_keys (tenant_id, person_id);
SELECT protect_tenant_table('person_keys', 'SELECT, INSERT, UPDATE, DELETE');

ALTER TABLE leads
    ADD COLUMN external_customer_id text,
    ADD COLUMN external_vehicle_id text,
    -- The version of the CRM's customer, and of its vehicle, that the lead shows: an older one never overwrites a newer one.
    ADD COLUMN external_customer_version bigint NOT NULL DEFAULT 0,
    ADD COLUMN external_vehicle_version bigint NOT NULL DEFAULT 0,
    ADD COLUMN person_id uuid,
    -- Why it is in this status, where it is not plain: one machine word; and since when.
    ADD COLUMN status_reason text,
    ADD COLUMN status_at timestamptz,
    -- Who handed it in by the API, in that party's own word. Its external_id then stands behind this word and a slash, so that two partners may count alike.
    ADD COLUMN partner text,
    ADD CONSTRAINT leads_person_fkey FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id);
CREATE INDEX leads_of_customer ON leads (tenant_id, external_customer_id) WHERE external_customer_id IS NOT NULL;
CREATE INDEX leads_of_vehicle ON leads (tenant_id, external_vehicle_id) WHERE external_vehicle_id IS NOT NULL;
CREATE INDEX leads_of_person ON leads (tenant_id, person_id, id) WHERE person_id IS NOT NULL;

-- Why a lead was taken for the same person's, and whether somebody took that back.
CREATE TABLE person_matches (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    -- The lead that was there before, with the same phone or email. It may be another person's: phone and email can lead to two people, and then the phone decides.
    other_lead_id uuid NOT NULL,
    matched_by text NOT NULL CHECK (matched_by IN ('phone', 'email')),
    created_at timestamptz NOT NULL,
    undone_at timestamptz,
    undone_by uuid,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, other_lead_id) REFERENCES leads (tenant_id, id),
    CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
CREATE INDEX person_matches_of_lead ON person_matches (tenant_id, lead_id);
CREATE INDEX person_matches_of_other_lead ON person_matches (tenant_id, other_lead_id);
SELECT protect_tenant_table('person_matches', 'SELECT, INSERT, UPDATE');

-- The lead whose greeting makes this touch needless: the same person asked twice within a day.
ALTER TABLE touch_points
    ADD COLUMN other_lead_id uuid,
    ADD CONSTRAINT touch_points_other_lead_fkey FOREIGN KEY (tenant_id, other_lead_id) REFERENCES leads (tenant_id, id);

-- Answers that were given to an Idempotency-Key, so that a repeat gets the same one.
CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    -- SHA-256 of the request: the same key with another content is refused.
    request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
    -- What was made, and the answer as it was given. An answer holds personal data: it is let go after a week.
    target_id uuid NOT NULL,
    answer text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, scope, key)
);
SELECT protect_tenant_table('idempotency_keys', 'SELECT, INSERT, DELETE');

-- Files of leads. The rows are worked through in the background; a process that dies leaves the rest to another.
CREATE TABLE lead_imports (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'done')),
    dry_run boolean NOT NULL,
    -- False: nobody in it is written to by us.
    greet boolean NOT NULL,
    file_name text NOT NULL,
    total integer NOT NULL,
    created_by uuid NOT NULL,
    claimed_by uuid,
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status = 'done') = (finished_at IS NOT NULL))
);
CREATE INDEX lead_imports_open ON lead_imports (tenant_id, id) WHERE status <> 'done';
SELECT protect_tenant_table('lead_imports', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE');

CREATE TABLE lead_import_rows (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    import_id uuid NOT NULL,
    -- The line of the file, the heading being 1.
    line integer NOT NULL,
    -- The fields as they stood in the file, as JSON.
    content text NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'created', 'joined', 'unchanged', 'rejected')),
    -- One machine word, and a sentence for people.
    reason text,
    explanation text,
    lead_id uuid,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, import_id) REFERENCES lead_imports (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    UNIQUE (tenant_id, import_id, line)
);
SELECT protect_tenant_table('lead_import_rows', 'SELECT, INSERT, UPDATE');

-- Old rows of runs that found nothing are let go.
GRANT DELETE ON job_executions TO lead_app;

-- Doors. See docs/DATABASE.md.

-- An inbound text to this number, or at least to this account of Twilio, is whose? The number counts for more; one that several have was first who came first.
CREATE FUNCTION find_tenants_by_sender(number text, account_sid text) RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT c.tenant_id FROM vendor_credentials c
    WHERE c.vendor = 'twilio' AND (c.phone = number OR c.account = account_sid)
    ORDER BY c.phone IS DISTINCT FROM number, c.created_at, c.id
    LIMIT 5
$$;

-- Secrets that another key than the current one has sealed.
CREATE FUNCTION stale_vendor_credentials(current_key text) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT c.tenant_id, c.id FROM vendor_credentials c WHERE c.secret NOT LIKE 'v1.' || current_key || '.%' ORDER BY c.tenant_id, c.id $$;

-- claim_touch_points, but for the tenants whose texts wait: their backlog would be claimed and put back again and again, at the cost of everybody else.
CREATE FUNCTION claim_touch_points_except(worker uuid, business_now timestamptz, max_rows integer, max_per_tenant integer, lease interval, skipped uuid[])
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants WHERE id <> ALL (skipped) ORDER BY random()) t
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

-- Takes tenants whose CRM is to be polled, the longest waiting first, and gives each to one poller. A tenant without a row gets one.
CREATE FUNCTION claim_polls(worker uuid, max_rows integer, lease interval)
RETURNS TABLE (tenant_id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT p.tenant_id, p.id
        FROM poll_states p JOIN tenants t ON t.id = p.tenant_id
        WHERE p.next_poll_at <= clock_timestamp()
          AND (p.lease_until IS NULL OR p.lease_until < clock_timestamp()
               -- A poller that died: its sign of life comes each second.
               OR NOT EXISTS (SELECT FROM service_instances s WHERE s.id = p.claimed_by AND s.seen_at > clock_timestamp() - interval '5 seconds'))
        ORDER BY p.next_poll_at, p.tenant_id
        LIMIT max_rows
        FOR UPDATE OF p SKIP LOCKED
    ), taken AS (
        UPDATE poll_states p
        SET fence = p.fence + 1, claimed_by = worker, lease_until = clock_timestamp() + lease
        FROM due
        WHERE p.tenant_id = due.tenant_id AND p.id = due.id
        RETURNING p.tenant_id, p.fence
    ), young AS (
        INSERT INTO poll_states (tenant_id, id, next_poll_at, claimed_by, lease_until, fence)
        SELECT t.id, t.id, clock_timestamp(), worker, clock_timestamp() + lease, 1
        FROM tenants t
        WHERE NOT EXISTS (SELECT 1 FROM poll_states p WHERE p.tenant_id = t.id)
        ORDER BY t.id
        LIMIT max_rows
        ON CONFLICT DO NOTHING
        RETURNING tenant_id, fence
    )
    SELECT * FROM taken UNION ALL SELECT * FROM young
$$;

-- Takes an import that waits, or whose worker died.
CREATE FUNCTION claim_lead_imports(worker uuid, max_rows integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH open AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT i.tenant_id, i.id
            FROM lead_imports i
            WHERE i.tenant_id = t.id AND i.status <> 'done' AND (i.lease_until IS NULL OR i.lease_until < clock_timestamp())
            ORDER BY i.id
            LIMIT 1
            FOR UPDATE SKIP LOCKED
        ) e
        LIMIT max_rows
    )
    UPDATE lead_imports i
    SET status = 'running', claimed_by = worker, lease_until = clock_timestamp() + lease
    FROM open
    WHERE i.tenant_id = open.tenant_id AND i.id = open.id
    RETURNING i.tenant_id, i.id
$$;

-- How complete the installation knows itself to be: numbers alone.
CREATE FUNCTION intake_figures(business_now timestamptz)
RETURNS TABLE (poll_oldest_seconds bigint, poll_failing bigint, crm_missing bigint, never_compared bigint, silent_locations bigint, overtaken_locations bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT
        coalesce(max(extract(epoch FROM business_now - p.polled_at))::bigint, 0),
        count(*) FILTER (WHERE p.failures > 0),
        coalesce(sum(p.missing), 0)::bigint,
        count(*) FILTER (WHERE p.polled_at IS NOT NULL AND p.compared_at IS NULL),
        -- A shop with a history that is silent for longer than it ever was, and half of that again.
        (SELECT count(*) FROM location_activity a
         WHERE a.webhook_events >= 10 AND business_now - a.webhook_at > greatest(interval '24 hours', a.longest_pause_seconds * interval '1.5 seconds')),
        -- A shop of which only the poll hears, although its webhooks should be first.
        (SELECT count(*) FROM location_activity a WHERE a.poll_events_in_a_row >= 3)
    FROM poll_states p JOIN tenants t ON t.id = p.tenant_id
$$;

GRANT CREATE ON SCHEMA public TO lead_door;
DO $$
DECLARE door regprocedure;
BEGIN
    FOREACH door IN ARRAY ARRAY[
        'find_tenants_by_sender(text, text)', 'stale_vendor_credentials(text)',
        'claim_touch_points_except(uuid, timestamptz, integer, integer, interval, uuid[])', 'claim_polls(uuid, integer, interval)', 'claim_lead_imports(uuid, integer, interval)', 'intake_figures(timestamptz)']::regprocedure[]
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO lead_app', door);
        EXECUTE format('ALTER FUNCTION %s OWNER TO lead_door', door);
    END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM lead_door;
