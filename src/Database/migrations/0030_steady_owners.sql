-- Answers and reservations of a dead process are believed dead only while some process has been steady for as long: in a stall of the database everybody is silent, and nobody is dead (0009).
-- lead_door owns them: who replaces them acts as it, and it may create here only meanwhile.
GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

CREATE OR REPLACE FUNCTION orphaned_answers(silence interval) RETURNS TABLE (tenant_id uuid, session_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT m.tenant_id, m.session_id, m.id
    FROM chat_messages m
    WHERE m.status = 'streaming'
      AND NOT EXISTS (SELECT 1 FROM service_instances i WHERE i.id = m.owner_id AND i.seen_at > clock_timestamp() - silence)
      AND EXISTS (SELECT 1 FROM service_instances i WHERE i.seen_at > clock_timestamp() - silence AND i.steady_since < clock_timestamp() - silence)
    LIMIT 500
$$;

CREATE OR REPLACE FUNCTION orphaned_ai_calls(silence interval) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT c.tenant_id, c.id
    FROM ai_calls c
    WHERE c.status = 'reserved'
      AND NOT EXISTS (SELECT 1 FROM service_instances i WHERE i.id = c.owner_id AND i.seen_at > clock_timestamp() - silence)
      AND EXISTS (SELECT 1 FROM service_instances i WHERE i.seen_at > clock_timestamp() - silence AND i.steady_since < clock_timestamp() - silence)
    LIMIT 500
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
