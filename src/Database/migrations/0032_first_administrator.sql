-- One platform administrator is the whole installation's: Orchestrators that act for several franchises by default make one together.
-- lead_door owns it: who makes it acts as it, and it may create here only meanwhile.
GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

CREATE FUNCTION first_platform_administrator() RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT u.tenant_id, u.id FROM users u WHERE u.role = 'platform_admin' ORDER BY u.created_at, u.id LIMIT 1 $$;
REVOKE ALL ON FUNCTION first_platform_administrator() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION first_platform_administrator() TO lead_app;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
