-- A price that counts from a later instant on. At its hour it becomes the service's price, and has its row in service_prices; what is not offered before has the price itself here, too.

ALTER TABLE service_catalog
    ADD COLUMN next_price_cents bigint CHECK (next_price_cents >= 0),
    ADD COLUMN next_valid_from timestamptz,
    ADD CONSTRAINT service_catalog_next CHECK ((next_price_cents IS NULL) = (next_valid_from IS NULL));
CREATE INDEX service_catalog_coming ON service_catalog (next_valid_from) WHERE next_valid_from IS NOT NULL;

-- lead_door owns it: who replaces it acts as it, and it may create here only meanwhile.
GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

-- Prices whose last day is over, or will be first somewhere on earth (whether it is so at the shop, its own calendar says), and those whose hour has come.
CREATE OR REPLACE FUNCTION ending_prices(business_now timestamptz, max_rows integer) RETURNS TABLE (tenant_id uuid, location_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT e.tenant_id, e.location_id, e.id
    FROM (
        SELECT s.tenant_id, s.location_id, s.id, s.valid_until::timestamp AT TIME ZONE 'UTC' AS due
        FROM service_catalog s
        WHERE s.valid_until < (business_now AT TIME ZONE 'UTC' + interval '14 hours')::date
        UNION ALL
        SELECT s.tenant_id, s.location_id, s.id, s.next_valid_from
        FROM service_catalog s
        WHERE s.next_valid_from <= business_now
    ) e
    ORDER BY e.due, e.tenant_id, e.id
    LIMIT max_rows
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
