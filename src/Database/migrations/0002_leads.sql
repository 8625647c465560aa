-- Shops, the people who ask them for a quote, and the inbox through which we hear of it.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE locations (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    external_id text,
    name text NOT NULL,
    phone text,
    address text,
    timezone text NOT NULL,
    -- Which CRM orders are leads here: columns by id (null = found by name) and the prefix of an order's name.
    lead_workflow_status_ids text[],
    lead_name_prefix text NOT NULL DEFAULT 'New Quote',
    synced_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, external_id)
);
SELECT protect_tenant_table('locations', 'SELECT, INSERT, UPDATE');

CREATE TABLE location_hours (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens time NOT NULL,
    closes time NOT NULL CHECK (closes > opens),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    UNIQUE (tenant_id, location_id, weekday, opens)
);
SELECT protect_tenant_table('location_hours', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE service_catalog (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    external_id text,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    price_cents bigint NOT NULL CHECK (price_cents >= 0),
    duration_minutes integer CHECK (duration_minutes > 0),
    bookable boolean NOT NULL,
    vehicle_class text,
    source text NOT NULL CHECK (source IN ('crm', 'override', 'manual')),
    active boolean NOT NULL DEFAULT true,
    valid_from timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    UNIQUE (tenant_id, location_id, external_id)
);
SELECT protect_tenant_table('service_catalog', 'SELECT, INSERT, UPDATE');

-- A phone number as the whole tenant knows it. This row is the lock between "stop" and "send": an opt-out takes it FOR UPDATE, a send FOR SHARE.
CREATE TABLE contacts (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    phone text NOT NULL CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    opted_out_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, phone)
);
SELECT protect_tenant_table('contacts', 'SELECT, INSERT, UPDATE');

CREATE TABLE leads (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    contact_id uuid,
    source text NOT NULL CHECK (source IN ('shopmonkey', 'api', 'import')),
    external_id text NOT NULL,
    -- The CRM's version of the order (meta.version, else updatedDate in ms): an older one never overwrites a newer one.
    external_version bigint NOT NULL DEFAULT 0,
    status text NOT NULL CHECK (status IN ('new', 'contacted', 'engaged', 'booked', 'won', 'lost', 'opted_out', 'unreachable')),
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    phone text,
    phone_type text NOT NULL DEFAULT 'unknown' CHECK (phone_type IN ('mobile', 'landline', 'voip', 'foreign', 'invalid', 'missing', 'unknown')),
    email text,
    vehicle text NOT NULL DEFAULT '',
    service_interest text NOT NULL DEFAULT '',
    timezone text NOT NULL,
    consent text NOT NULL DEFAULT 'inquiry' CHECK (consent IN ('inquiry', 'opted_in', 'opted_out')),
    is_test boolean NOT NULL DEFAULT false,
    deleted_at timestamptz,
    external_created_at timestamptz NOT NULL,
    first_contacted_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
    UNIQUE (tenant_id, source, external_id)
);
CREATE INDEX leads_newest ON leads (tenant_id, created_at DESC, id DESC);
CREATE INDEX leads_of_contact ON leads (tenant_id, contact_id);
SELECT protect_tenant_table('leads', 'SELECT, INSERT, UPDATE');

-- An order of which we heard that it is gone or no lead before we heard of it at all: events overtake each other, and the late one must not greet anybody.
CREATE TABLE external_tombstones (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('shopmonkey')),
    external_id text NOT NULL,
    external_version bigint NOT NULL,
    is_gone boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, source, external_id)
);
SELECT protect_tenant_table('external_tombstones', 'SELECT, INSERT, UPDATE');

-- Append-only evidence of what a person allowed and forbade: source and wording with each event.
CREATE TABLE consent_events (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    lead_id uuid,
    kind text NOT NULL CHECK (kind IN ('inquiry', 'opted_in', 'opted_out')),
    channel text NOT NULL CHECK (channel IN ('crm', 'sms', 'chat', 'email', 'console', 'api', 'vendor')),
    source text NOT NULL,
    wording text NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX consent_events_of_contact ON consent_events (tenant_id, contact_id, occurred_at);
SELECT protect_tenant_table('consent_events', 'SELECT, INSERT');

-- The durable inbox. A vendor gets its 2xx only after its event is a row here; the work is done later, from the row.
CREATE TABLE webhook_events (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    provider text NOT NULL CHECK (provider IN ('shopmonkey', 'twilio')),
    -- What makes two deliveries the same event: built from the content, since a delivery's own id changes with each attempt.
    dedupe_key text NOT NULL,
    delivery_id text,
    topic text NOT NULL,
    operation text NOT NULL,
    external_id text,
    payload text NOT NULL,
    -- W3C traceparent of the delivery, so that the text it leads to is in the same trace.
    trace_parent text,
    status text NOT NULL CHECK (status IN ('received', 'processing', 'done', 'ignored', 'dead')),
    reason text,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    claimed_by uuid,
    lease_until timestamptz,
    received_at timestamptz NOT NULL,
    processed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, provider, dedupe_key),
    CHECK ((status = 'processing') = (lease_until IS NOT NULL)),
    CHECK ((status = 'received') = (next_attempt_at IS NOT NULL)),
    CHECK (status <> 'dead' OR reason IS NOT NULL)
);
CREATE INDEX webhook_events_due ON webhook_events (tenant_id, next_attempt_at, id) WHERE status = 'received';
CREATE INDEX webhook_events_leased ON webhook_events (tenant_id, lease_until) WHERE status = 'processing';
-- What waits and what died, for staff and gauges. What is done is found by its id: an index of it would be written for every event and read by nobody.
CREATE INDEX webhook_events_by_status ON webhook_events (tenant_id, status, id DESC) WHERE status IN ('received', 'dead');
SELECT protect_tenant_table('webhook_events', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE');

CREATE TABLE job_executions (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    job text NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed')),
    seen integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    error text,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE INDEX job_executions_newest ON job_executions (tenant_id, job, started_at DESC);
SELECT protect_tenant_table('job_executions', 'SELECT, INSERT, UPDATE');
