-- Keys of other systems: a web form, a partner, a report.

CREATE TABLE api_keys (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    -- Two keys of one name may live at once, so that one can be changed for the other without an outage.
    place smallint NOT NULL CHECK (place IN (1, 2)),
    -- SHA-256 of the key. The key itself has 178 random bits, is shown once and stored nowhere.
    key_hash bytea NOT NULL CHECK (length(key_hash) = 32),
    -- Its last four letters, by which people tell keys apart.
    hint text NOT NULL,
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['leads:write', 'read']),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key_hash)
);
CREATE UNIQUE INDEX api_keys_two_of_a_name ON api_keys (tenant_id, name, place) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_by_hash ON api_keys (key_hash);
SELECT protect_tenant_table('api_keys', 'SELECT, INSERT, UPDATE', 'SELECT');

-- From where a consent was given, when the source knows it.
ALTER TABLE consent_events ADD COLUMN ip text;

-- Whose key is this?
CREATE FUNCTION find_api_key(hash bytea) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT k.tenant_id, k.id FROM api_keys k WHERE k.key_hash = hash $$;

GRANT CREATE ON SCHEMA public TO lead_door;
REVOKE ALL ON FUNCTION find_api_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key(bytea) TO lead_app;
ALTER FUNCTION find_api_key(bytea) OWNER TO lead_door;
REVOKE CREATE ON SCHEMA public FROM lead_door;
