-- Appointments: bays, holds that end by themselves, what the CRM has taken, and the work that follows a booking (reminders, the CRM's calendar).

-- A place for one car. A bay that is given up stays as a row: appointments lead to it.
CREATE TABLE bays (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    name text NOT NULL,
    -- Its place among the bays of its shop: the first free one is taken.
    position integer NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX bays_of_location ON bays (tenant_id, location_id);
SELECT protect_tenant_table('bays', 'SELECT, INSERT, UPDATE');

-- A shop without a bay could take no car, so each gets one with its own row, whichever code makes it.
CREATE FUNCTION add_first_bay() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bays (tenant_id, id, location_id, name, created_at, updated_at)
    VALUES (NEW.tenant_id, uuid_at(NEW.created_at), NEW.id, 'Bay 1', NEW.created_at, NEW.created_at);
    RETURN NULL;
END $$;
CREATE TRIGGER locations_first_bay AFTER INSERT ON locations FOR EACH ROW EXECUTE FUNCTION add_first_bay();

ALTER TABLE locations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE bays NO FORCE ROW LEVEL SECURITY;
ALTER TABLE appointments NO FORCE ROW LEVEL SECURITY;
INSERT INTO bays (tenant_id, id, location_id, name, created_at, updated_at)
SELECT tenant_id, uuid_at(created_at), id, 'Bay 1', created_at, created_at FROM locations;
-- Bays that were only ids until now.
INSERT INTO bays (tenant_id, id, location_id, name, created_at, updated_at)
SELECT DISTINCT ON (tenant_id, bay_id) tenant_id, bay_id, location_id, 'Bay', created_at, created_at FROM appointments ORDER BY tenant_id, bay_id, created_at;

ALTER TABLE appointments
    -- One machine word: why it is cancelled.
    ADD COLUMN status_reason text,
    -- The appointment in whose place it comes when the customer taps.
    ADD COLUMN replaces_id uuid,
    -- Grows with each change that reminders and the CRM have to follow; what they have followed stands beside it.
    ADD COLUMN revision bigint NOT NULL DEFAULT 0,
    ADD COLUMN planned_revision bigint NOT NULL DEFAULT 0,
    ADD COLUMN crm_revision bigint NOT NULL DEFAULT 0,
    -- A call that makes it in the CRM is committed here before it begins. While it stands without an external_id, nobody knows whether the CRM has it.
    ADD COLUMN crm_called_at timestamptz,
    ADD COLUMN crm_attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN crm_error text,
    -- Real time, as the lease.
    ADD COLUMN next_attempt_at timestamptz,
    ADD COLUMN fence bigint NOT NULL DEFAULT 0,
    ADD COLUMN claimed_by uuid,
    ADD COLUMN lease_until timestamptz,
    ADD CONSTRAINT appointments_bay_fkey FOREIGN KEY (tenant_id, bay_id) REFERENCES bays (tenant_id, id),
    ADD CONSTRAINT appointments_claim_check CHECK ((claimed_by IS NULL) = (lease_until IS NULL));
CREATE INDEX appointments_of_location ON appointments (tenant_id, location_id, starts_at);
CREATE INDEX appointments_of_lead ON appointments (tenant_id, lead_id);
-- A customer holds one slot at a time: a chat cannot empty a shop's calendar.
CREATE UNIQUE INDEX appointments_one_hold ON appointments (tenant_id, lead_id) WHERE status = 'held';
CREATE INDEX appointments_to_follow ON appointments (tenant_id, id) WHERE planned_revision < revision OR crm_revision < revision;
-- The primary key is the index that is made last: protect_tenant_table says why.
ALTER TABLE appointments DROP CONSTRAINT appointments_pkey, ADD CONSTRAINT appointments_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE appointments ADD CONSTRAINT appointments_replaces_fkey FOREIGN KEY (tenant_id, replaces_id) REFERENCES appointments (tenant_id, id);

ALTER TABLE locations FORCE ROW LEVEL SECURITY;
ALTER TABLE bays FORCE ROW LEVEL SECURITY;
ALTER TABLE appointments FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON appointments TO lead_door USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON appointments TO lead_door;

-- What the CRM's calendar has that we did not make: time that is taken. They name no bay and may overlap, so no constraint keeps them apart.
CREATE TABLE crm_appointments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    external_id text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    UNIQUE (tenant_id, external_id)
);
CREATE INDEX crm_appointments_of_location ON crm_appointments (tenant_id, location_id, starts_at);
SELECT protect_tenant_table('crm_appointments', 'SELECT, INSERT, UPDATE, DELETE');

-- A confirmation or a reminder of an appointment: it goes when that goes, and no cadence ends it.
ALTER TABLE touch_points
    ADD COLUMN appointment_id uuid,
    ADD CONSTRAINT touch_points_appointment_fkey FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id);
CREATE INDEX touch_points_of_appointment ON touch_points (tenant_id, appointment_id) WHERE appointment_id IS NOT NULL;

-- lead_door owns the new doors: it may create here only meanwhile.
GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

-- Lets go of what was held and not confirmed in time.
CREATE FUNCTION expire_held_appointments(business_now timestamptz, max_rows integer) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH late AS MATERIALIZED (
        SELECT a.tenant_id, a.id FROM appointments a
        WHERE a.status = 'held' AND a.expires_at <= business_now
        ORDER BY a.tenant_id, a.id
        LIMIT max_rows
        FOR UPDATE SKIP LOCKED
    )
    UPDATE appointments a SET status = 'cancelled', status_reason = 'expired', expires_at = NULL, updated_at = business_now
    FROM late
    WHERE a.tenant_id = late.tenant_id AND a.id = late.id
    RETURNING a.tenant_id, a.id
$$;

-- Takes appointments whose reminders or whose copy in the CRM have not followed their last change. A claim whose worker died is taken again.
CREATE FUNCTION claim_appointments(worker uuid, max_rows integer, max_per_tenant integer, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, fence bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH open AS MATERIALIZED (
        SELECT e.tenant_id, e.id
        FROM (SELECT id FROM tenants ORDER BY random()) t
        CROSS JOIN LATERAL (
            SELECT a.tenant_id, a.id
            FROM appointments a
            WHERE a.tenant_id = t.id AND (a.planned_revision < a.revision OR a.crm_revision < a.revision)
              AND (a.lease_until IS NULL OR a.lease_until < clock_timestamp() OR is_lost(a.claimed_by))
              AND (a.planned_revision < a.revision OR a.next_attempt_at IS NULL OR a.next_attempt_at <= clock_timestamp())
            ORDER BY a.id
            LIMIT max_per_tenant
            FOR UPDATE SKIP LOCKED
        ) e
        LIMIT max_rows
    )
    UPDATE appointments a
    SET claimed_by = worker, lease_until = clock_timestamp() + lease, fence = a.fence + 1
    FROM open
    WHERE a.tenant_id = open.tenant_id AND a.id = open.id
    RETURNING a.tenant_id, a.id, a.fence
$$;

REVOKE ALL ON FUNCTION expire_held_appointments(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_held_appointments(timestamptz, integer) TO lead_app;
REVOKE ALL ON FUNCTION claim_appointments(uuid, integer, integer, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_appointments(uuid, integer, integer, interval) TO lead_app;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
