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

-- Things that a person has to look at. The table may be there already.
DO $$
BEGIN
    IF to_regclass('public.review_items') IS NULL THEN
        CREATE TABLE review_items (
            tenant_id uuid NOT NULL REFERENCES tenants (id),
            id uuid NOT NULL,
            kind text NOT NULL,
            lead_id uuid,
            touch_point_id uuid,
            message_id uuid,
            reason text NOT NULL,
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
        PERFORM protect_tenant_table('review_items', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE');
    END IF;
END $$;

-- The same of the same answer is one item, however often its writing is tried.
CREATE UNIQUE INDEX review_items_one_per_answer ON review_items (tenant_id, message_id, kind) WHERE message_id IS NOT NULL AND resolved_at IS NULL;
