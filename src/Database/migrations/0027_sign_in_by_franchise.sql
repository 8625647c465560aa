-- One email may be staff of any number of franchises: sign-in is told of all of them, and X-Tenant-Id chooses. How many passwords are checked is bounded where they are checked.

-- lead_door owns it: who replaces it acts as it, and it may create here only meanwhile.
GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

CREATE OR REPLACE FUNCTION find_users_by_email(wanted text) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT u.tenant_id, u.id FROM users u WHERE u.email = lower(wanted) ORDER BY u.id $$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
