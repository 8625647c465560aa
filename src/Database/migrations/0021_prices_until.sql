-- A price of ours may end: up to and with valid_until, by the shop's calendar, it counts; from the day after the CRM's does again. Null = until it is changed.

ALTER TABLE service_catalog ADD COLUMN valid_until date;
CREATE INDEX service_catalog_ending ON service_catalog (valid_until) WHERE valid_until IS NOT NULL;
ALTER TABLE service_prices ADD COLUMN valid_until date;

CREATE POLICY door ON service_catalog TO lead_door USING (true) WITH CHECK (true);
GRANT SELECT ON service_catalog TO lead_door;

GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

-- Prices whose last day is over, or will be first somewhere on earth: whether it is so at the shop, its own calendar says.
CREATE FUNCTION ending_prices(business_now timestamptz, max_rows integer) RETURNS TABLE (tenant_id uuid, location_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT s.tenant_id, s.location_id, s.id
    FROM service_catalog s
    WHERE s.valid_until < (business_now AT TIME ZONE 'UTC' + interval '14 hours')::date
    ORDER BY s.valid_until, s.tenant_id, s.id
    LIMIT max_rows
$$;

REVOKE ALL ON FUNCTION ending_prices(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ending_prices(timestamptz, integer) TO lead_app;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
