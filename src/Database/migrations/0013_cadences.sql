-- Cadences: the steps that a lead gets. A row is one version and never changes but for being the active one; a lead keeps the version that it began with.

CREATE TABLE cadences (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    -- Null: for every shop of the tenant that has no active one of its own.
    location_id uuid,
    version integer NOT NULL CHECK (version > 0),
    name text NOT NULL,
    steps jsonb NOT NULL CHECK (jsonb_typeof(steps) = 'array'),
    is_active boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    activated_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    UNIQUE NULLS NOT DISTINCT (tenant_id, location_id, version)
);
CREATE UNIQUE INDEX cadences_active ON cadences (tenant_id, location_id) NULLS NOT DISTINCT WHERE is_active;
SELECT protect_tenant_table('cadences', 'SELECT, INSERT, UPDATE');

ALTER TABLE touch_points
    -- The version that the lead began with; null = the product's own.
    ADD COLUMN cadence_id uuid,
    -- Which of the step's wordings this lead gets.
    ADD COLUMN variant text,
    -- False: when this one has ended, the next step is to be planned. Those from before cadences have none.
    ADD COLUMN followed boolean NOT NULL DEFAULT true,
    -- When it would have been due, had that been an hour in which it may go out.
    ADD COLUMN deferred_from timestamptz,
    ADD CONSTRAINT touch_points_cadence_fkey FOREIGN KEY (tenant_id, cadence_id) REFERENCES cadences (tenant_id, id);
-- Nearly empty: a text that is sent is followed in the same statement.
CREATE INDEX touch_points_to_follow ON touch_points (tenant_id, id)
    WHERE NOT followed AND status IN ('sent', 'delivered', 'failed', 'suppressed', 'expired');

-- Touch points that ended and whose next step nobody has planned yet, page by page.
CREATE FUNCTION touch_points_to_follow(after_tenant uuid, after_id uuid, max_rows integer) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT p.tenant_id, p.id FROM touch_points p
    WHERE NOT p.followed AND p.status IN ('sent', 'delivered', 'failed', 'suppressed', 'expired') AND (p.tenant_id, p.id) > (after_tenant, after_id)
    ORDER BY p.tenant_id, p.id
    LIMIT max_rows
$$;

GRANT CREATE ON SCHEMA public TO lead_door;
REVOKE ALL ON FUNCTION touch_points_to_follow(uuid, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION touch_points_to_follow(uuid, uuid, integer) TO lead_app;
ALTER FUNCTION touch_points_to_follow(uuid, uuid, integer) OWNER TO lead_door;
REVOKE CREATE ON SCHEMA public FROM lead_door;
