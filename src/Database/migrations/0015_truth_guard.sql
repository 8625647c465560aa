-- What an answer may cost in a day and a month, and what the chat leaves to a person of the shop.

-- A tenant's own limits on what its models cost. Without a row for the day, tenants.ai_daily_limit_micros holds; without one for the month, nothing but the days.
CREATE TABLE ai_limits (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    period text NOT NULL CHECK (period IN ('day', 'month')),
    -- Micro-dollars. Spent and reserved together never pass it.
    limit_micros bigint NOT NULL CHECK (limit_micros >= 0),
    -- From this share of the limit on, the cheaper model is asked first.
    soft_percent integer NOT NULL CHECK (soft_percent BETWEEN 1 AND 100),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, period)
);
SELECT protect_tenant_table('ai_limits', 'SELECT, INSERT, UPDATE');

-- The same of the same answer is one item, however often its writing is tried.
CREATE UNIQUE INDEX review_items_one_per_answer ON review_items (tenant_id, message_id, kind) WHERE message_id IS NOT NULL AND resolved_at IS NULL;
