-- The touch points: plan, queue and outbox in one table; and every attempt to send one.

CREATE TABLE touch_points (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    step text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('sms', 'email')),
    status text NOT NULL CHECK (status IN
        ('scheduled', 'sending', 'sent', 'delivered', 'failed', 'suppressed', 'cancelled', 'expired', 'unknown', 'needs_review')),
    -- One machine word: why it is in this state, or why it waits.
    reason text,
    due_at timestamptz NOT NULL,
    -- A touch that could not go out until then is let go: late is a state, not a surprise at night.
    expires_at timestamptz NOT NULL,
    -- How often it was handed to the vendor.
    attempts integer NOT NULL DEFAULT 0,
    -- A vendor that is away is no fault of the text: with at most 30 s between two tries, this lasts for as long as any text is good for.
    max_attempts integer NOT NULL DEFAULT 10000,
    -- Grows with each claim: a worker that was given up and wakes holds an old number and changes no row.
    fence bigint NOT NULL DEFAULT 0,
    provider_id text,
    trace_parent text,
    claimed_by uuid,
    lease_until timestamptz,
    handed_over_at timestamptz,
    sent_at timestamptz,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    UNIQUE (tenant_id, lead_id, step),
    CHECK ((status = 'sending') = (lease_until IS NOT NULL)),
    CHECK (expires_at > created_at),
    CHECK (status NOT IN ('failed', 'suppressed', 'cancelled', 'expired', 'unknown', 'needs_review') OR reason IS NOT NULL)
) WITH (fillfactor = 80); -- Room for the new version beside the old: the hand-over then touches no index.
CREATE INDEX touch_points_due ON touch_points (tenant_id, due_at, id) WHERE status = 'scheduled';
CREATE INDEX touch_points_leased ON touch_points (tenant_id, lease_until) WHERE status = 'sending';
CREATE INDEX touch_points_unknown ON touch_points (tenant_id, id) WHERE status = 'unknown';
CREATE INDEX touch_points_needs_review ON touch_points (tenant_id, id) WHERE status = 'needs_review';
SELECT protect_tenant_table('touch_points', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE');

-- One row per hand-over to a vendor, committed before the vendor is called. The body keeps {link} in the place of the capability link.
CREATE TABLE message_attempts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    touch_point_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    channel text NOT NULL CHECK (channel IN ('sms', 'email')),
    address text NOT NULL,
    body text NOT NULL,
    status text NOT NULL CHECK (status IN ('handed_over', 'accepted', 'refused', 'not_sent', 'unknown')),
    provider_id text,
    -- The vendor's own word for the state, with a rank that only grows: callbacks repeat and overtake each other.
    provider_status text,
    provider_rank smallint NOT NULL DEFAULT 0,
    error_code text,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, touch_point_id) REFERENCES touch_points (tenant_id, id),
    UNIQUE (tenant_id, touch_point_id, number)
) WITH (fillfactor = 80); -- As above: each attempt is written twice, and its end touches no index.
SELECT protect_tenant_table('message_attempts', 'SELECT, INSERT, UPDATE', 'SELECT');

-- The exchange code of a chat link: 128 random bits or more, known here by its SHA-256 alone. Each attempt mints its own.
CREATE TABLE chat_codes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    attempt_id uuid,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, attempt_id) REFERENCES message_attempts (tenant_id, id),
    UNIQUE (tenant_id, code_hash)
);
CREATE INDEX chat_codes_by_hash ON chat_codes (code_hash);
CREATE INDEX chat_codes_of_lead ON chat_codes (tenant_id, lead_id);
SELECT protect_tenant_table('chat_codes', 'SELECT, INSERT, UPDATE', 'SELECT');
