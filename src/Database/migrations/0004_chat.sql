-- The conversation: one session per lead, any channel; its messages; the frames a browser has seen or will see; and what the models cost.

CREATE TABLE chat_sessions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    mode text NOT NULL CHECK (mode IN ('ai', 'human', 'closed')),
    -- Grows by one with each message and each frame: the order of everything in this session.
    last_seq bigint NOT NULL DEFAULT 0,
    -- The seq of the last message that asks for an answer in the chat, and up to which seq answers were begun: asked > answered = nobody took it yet.
    asked_seq bigint NOT NULL DEFAULT 0,
    answered_seq bigint NOT NULL DEFAULT 0,
    -- W3C traceparent of the text whose link opened it: the chat goes on in the trace of the webhook.
    trace_parent text,
    opened_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    UNIQUE (tenant_id, lead_id)
);
CREATE INDEX chat_sessions_unanswered ON chat_sessions (tenant_id, id) WHERE asked_seq > answered_seq;
SELECT protect_tenant_table('chat_sessions', 'SELECT, INSERT, UPDATE', 'SELECT');

CREATE TABLE chat_messages (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    seq bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('customer', 'assistant', 'staff', 'system')),
    channel text NOT NULL CHECK (channel IN ('chat', 'sms', 'email')),
    content text NOT NULL,
    media text[] NOT NULL DEFAULT '{}',
    status text NOT NULL CHECK (status IN ('streaming', 'complete', 'interrupted', 'failed', 'superseded')),
    client_message_id uuid,
    -- Assistant only: the answer covers the customer's messages up to this seq, and belongs to this process while it streams.
    covers_seq bigint,
    owner_id uuid,
    finish_reason text,
    provider text,
    model text,
    input_tokens bigint,
    output_tokens bigint,
    cache_read_tokens bigint,
    cost_micros bigint,
    created_at timestamptz NOT NULL,
    completed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES chat_sessions (tenant_id, id),
    UNIQUE (tenant_id, session_id, seq),
    UNIQUE (tenant_id, session_id, client_message_id),
    CHECK ((role = 'assistant') = (covers_seq IS NOT NULL)),
    CHECK ((status = 'streaming') = (owner_id IS NOT NULL))
);
-- One answer at a time: a second process that would answer the same question is told no by the database.
CREATE UNIQUE INDEX chat_messages_one_answer ON chat_messages (tenant_id, session_id) WHERE status = 'streaming';
CREATE INDEX chat_messages_streaming ON chat_messages (owner_id) WHERE status = 'streaming';
SELECT protect_tenant_table('chat_messages', 'SELECT, INSERT, UPDATE', 'SELECT');

-- The frames of the live stream, stored before they leave: a resume reads seq > last.
CREATE TABLE chat_events (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    seq bigint NOT NULL,
    message_id uuid,
    type text NOT NULL,
    data text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES chat_sessions (tenant_id, id),
    UNIQUE (tenant_id, session_id, seq)
);
SELECT protect_tenant_table('chat_events', 'SELECT, INSERT, DELETE');

-- One row per call of a model, failed and cut ones too: money is counted by attempt.
CREATE TABLE ai_calls (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    message_id uuid NOT NULL,
    location_id uuid NOT NULL,
    provider text NOT NULL CHECK (provider IN ('claude', 'openai')),
    model text NOT NULL,
    -- 'reserved' while it runs; 'estimated' when the vendor did not say what it used and the reservation was booked in full.
    status text NOT NULL CHECK (status IN ('reserved', 'settled', 'estimated', 'not_billed')),
    outcome text,
    budget_day date NOT NULL,
    input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    cache_read_tokens bigint NOT NULL DEFAULT 0,
    cache_write_tokens bigint NOT NULL DEFAULT 0,
    reserved_micros bigint NOT NULL CHECK (reserved_micros >= 0),
    cost_micros bigint NOT NULL DEFAULT 0 CHECK (cost_micros >= 0),
    owner_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES chat_sessions (tenant_id, id),
    FOREIGN KEY (tenant_id, message_id) REFERENCES chat_messages (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX ai_calls_by_day ON ai_calls (tenant_id, budget_day);
CREATE INDEX ai_calls_open ON ai_calls (owner_id) WHERE status = 'reserved';
SELECT protect_tenant_table('ai_calls', 'SELECT, INSERT, UPDATE', 'SELECT');

-- The day's money. A call reserves before it starts, and settles after: spent + reserved never passes the limit.
CREATE TABLE ai_budgets (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    day date NOT NULL,
    limit_micros bigint NOT NULL CHECK (limit_micros >= 0),
    reserved_micros bigint NOT NULL DEFAULT 0 CHECK (reserved_micros >= 0),
    spent_micros bigint NOT NULL DEFAULT 0 CHECK (spent_micros >= 0),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, day),
    CHECK (spent_micros + reserved_micros <= limit_micros)
);
SELECT protect_tenant_table('ai_budgets', 'SELECT, INSERT, UPDATE', 'SELECT');

CREATE TABLE appointments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    location_id uuid NOT NULL,
    service_id uuid NOT NULL,
    bay_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('held', 'confirmed', 'cancelled', 'completed', 'no_show')),
    price_cents bigint NOT NULL CHECK (price_cents >= 0),
    expires_at timestamptz,
    external_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service_catalog (tenant_id, id),
    UNIQUE (tenant_id, external_id),
    CHECK (ends_at > starts_at),
    CHECK ((status = 'held') = (expires_at IS NOT NULL)),
    CONSTRAINT appointments_no_overlap EXCLUDE USING gist
        (tenant_id WITH =, bay_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('held', 'confirmed'))
);
SELECT protect_tenant_table('appointments', 'SELECT, INSERT, UPDATE');
