-- A franchise's own Twilio account that shows a link of ours which nobody here has made holds that franchise alone, without a person: its staff may have written it.
ALTER TABLE holds
    ADD COLUMN cause text NOT NULL DEFAULT 'operator' CHECK (cause IN ('operator', 'unknown_text')),
    ALTER COLUMN taken_by DROP NOT NULL,
    ADD CHECK ((cause = 'operator') = (taken_by IS NOT NULL)),
    ADD CHECK (cause = 'operator' OR scope = 'tenant');
-- However many processes notice, it is one.
CREATE UNIQUE INDEX holds_own ON holds (tenant_id, cause) WHERE released_at IS NULL AND cause <> 'operator';

-- Its operator hears of it wherever they look.
GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

CREATE FUNCTION own_holds() RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT h.tenant_id FROM holds h WHERE h.released_at IS NULL AND h.cause <> 'operator'
$$;
REVOKE ALL ON FUNCTION own_holds() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_holds() TO lead_app;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
