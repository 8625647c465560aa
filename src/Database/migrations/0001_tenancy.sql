-- How every tenant table is protected. docs/DATABASE.md explains; the catalogue test in tests/Database.Tests compares.

-- The tenant of this transaction. No setting, an empty one or garbage is NULL, and NULL equals no row: fail closed, and without an error storm.
-- A plain ''::uuid would raise: after a SET LOCAL ends, current_setting gives '' and not NULL.
CREATE FUNCTION current_tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN current_setting('app.tenant_id', true) ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
    THEN current_setting('app.tenant_id', true)::uuid
END;

-- Row-level security on, and forced, so that the table's owner obeys it too. `doors` opens the table to lead_door's functions as well.
-- TRUNCATE ignores row-level security and REFERENCES can probe it: neither is ever granted.
CREATE FUNCTION protect_tenant_table(target regclass, grants text, doors text DEFAULT NULL, tenant_column text DEFAULT 'tenant_id')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- On a young table every index looks as cheap as any other, and then the one that was made last wins. That must be the primary key: a look-up by id that is planned
    -- on another index reads all rows of its tenant, and a prepared statement (a foreign key's check, too) keeps such a plan until the table is analyzed.
    EXECUTE (SELECT format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', target, conname, conname, pg_get_constraintdef(oid))
             FROM pg_constraint WHERE conrelid = target AND contype = 'p');
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY tenant ON %s USING (%I = current_tenant()) WITH CHECK (%I = current_tenant())',
        target, tenant_column, tenant_column);
    EXECUTE format('GRANT %s ON %s TO lead_app', grants, target);
    IF doors IS NOT NULL THEN
        EXECUTE format('CREATE POLICY door ON %s TO lead_door USING (true) WITH CHECK (true)', target);
        EXECUTE format('GRANT %s ON %s TO lead_door', doors, target);
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO lead_app, lead_door;

-- What belongs to the installation and to no tenant.
CREATE TABLE platform_settings (
    name text PRIMARY KEY,
    value text NOT NULL
);
GRANT SELECT ON platform_settings TO lead_app;

-- One row per running process. A process is alive while seen_at is fresh, by the database's clock alone.
CREATE TABLE service_instances (
    id uuid PRIMARY KEY,
    service text NOT NULL CHECK (service IN ('orchestrator', 'chat-api')),
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    version text NOT NULL DEFAULT '',
    -- The checks that fail in it, as JSON: whichever process is asked for its health answers for all.
    conditions text NOT NULL DEFAULT '[]'
);
GRANT SELECT, INSERT, UPDATE, DELETE ON service_instances TO lead_app;
GRANT SELECT ON service_instances TO lead_door;

CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name text NOT NULL,
    timezone text NOT NULL,
    shopmonkey_company_id text UNIQUE,
    -- Hard cap of AI spend in one day of the tenant's zone, in micro-dollars.
    ai_daily_limit_micros bigint NOT NULL DEFAULT 10000000 CHECK (ai_daily_limit_micros >= 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
SELECT protect_tenant_table('tenants', 'SELECT, INSERT, UPDATE', 'SELECT', 'id');

CREATE TABLE users (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    email text NOT NULL CHECK (email = lower(email)),
    password_hash text NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('platform_admin', 'owner', 'manager', 'advisor')),
    session_version integer NOT NULL DEFAULT 1,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email)
);
CREATE INDEX users_by_email ON users (email);
SELECT protect_tenant_table('users', 'SELECT, INSERT, UPDATE', 'SELECT');

-- Append-only: who did what in whose name.
CREATE TABLE audit_events (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    actor_id uuid NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('audit_events', 'SELECT, INSERT');
