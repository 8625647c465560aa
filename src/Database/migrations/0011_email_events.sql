-- What becomes of an email: addresses that take no mail, what the vendor said of an attempt, and addresses by which a reply finds its conversation.

-- An address that takes no mail (any more), and why, in one machine word. Unlike unsubscribed_at nobody asked for it.
ALTER TABLE email_addresses
    ADD COLUMN suppressed_at timestamptz,
    ADD COLUMN suppression text,
    ADD CONSTRAINT email_addresses_suppression CHECK ((suppressed_at IS NULL) = (suppression IS NULL));

-- The address to which one email is answered is a capability as well, and known by its hash. Emails of before have none.
ALTER TABLE unsubscribe_tokens ADD COLUMN reply_hash bytea CHECK (length(reply_hash) = 32);
CREATE UNIQUE INDEX unsubscribe_tokens_reply ON unsubscribe_tokens (tenant_id, reply_hash) WHERE reply_hash IS NOT NULL;
CREATE INDEX unsubscribe_tokens_by_reply_hash ON unsubscribe_tokens (reply_hash) WHERE reply_hash IS NOT NULL;

-- From an address to the emails that went there. No index on what an attempt's end writes: even one of emails alone would cost every text.
CREATE INDEX email_addresses_by_email ON email_addresses (email);
-- The condition keeps it out of plans for a token's own id, which on a young table would take the index that was made last.
CREATE INDEX unsubscribe_tokens_of_address ON unsubscribe_tokens (tenant_id, email_address_id) WHERE reply_hash IS NOT NULL;
CREATE POLICY door ON email_addresses TO lead_door USING (true) WITH CHECK (true);
GRANT SELECT ON email_addresses TO lead_door;

-- Which email does this address answer?
CREATE FUNCTION find_reply_token(hash bytea) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT u.tenant_id, u.attempt_id FROM unsubscribe_tokens u WHERE u.reply_hash = hash $$;

-- Which email has this id at its vendor, and went to this address? An answer names the one and comes from the other.
CREATE FUNCTION find_mailed_attempt(vendor_id text, recipient text) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT a.tenant_id, a.id
    FROM email_addresses e
    JOIN unsubscribe_tokens u ON u.tenant_id = e.tenant_id AND u.email_address_id = e.id AND u.reply_hash IS NOT NULL
    JOIN message_attempts a ON a.tenant_id = u.tenant_id AND a.id = u.attempt_id
    WHERE e.email = recipient AND a.provider_id = vendor_id
    LIMIT 1
$$;

-- As find_attempt, for a batch of events.
CREATE FUNCTION find_attempts(attempt_ids uuid[]) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT a.tenant_id, a.id FROM tenants t JOIN message_attempts a ON a.tenant_id = t.id AND a.id = ANY (attempt_ids) $$;

GRANT CREATE ON SCHEMA public TO lead_door;
DO $$
DECLARE door regprocedure;
BEGIN
    FOREACH door IN ARRAY ARRAY['find_reply_token(bytea)', 'find_mailed_attempt(text, text)', 'find_attempts(uuid[])']::regprocedure[]
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO lead_app', door);
        EXECUTE format('ALTER FUNCTION %s OWNER TO lead_door', door);
    END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM lead_door;
