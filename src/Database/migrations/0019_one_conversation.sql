-- One conversation over any channel: texts are answered by text, several messages in a row get one answer, pictures are kept, and whom a person of the shop answers is seen.

-- By which way the last question came: its answer goes back the same way.
ALTER TABLE chat_sessions ADD COLUMN asked_channel text NOT NULL DEFAULT 'chat' CHECK (asked_channel IN ('chat', 'sms'));

-- An answer to a text is sent by the Orchestrator: until it has taken it over, this is empty.
ALTER TABLE chat_messages ADD COLUMN dispatched_at timestamptz;
CREATE INDEX chat_messages_to_dispatch ON chat_messages (tenant_id, id)
    WHERE role = 'assistant' AND channel = 'sms' AND status <> 'streaming' AND dispatched_at IS NULL;

-- An answer to what the person texted: the time of their text. Only a fresh one may go out by night.
ALTER TABLE touch_points ADD COLUMN replies_to_at timestamptz;
-- The text went out as an immediate answer to the person's own.
ALTER TABLE message_attempts ADD COLUMN is_reply boolean NOT NULL DEFAULT false;

-- Up to where staff have read a conversation.
ALTER TABLE chat_sessions ADD COLUMN staff_read_seq bigint NOT NULL DEFAULT 0;

-- Somebody wants a person. Until one takes the conversation, staff are told again and again, at growing distances.
CREATE TABLE handovers (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    -- The answer in which the assistant handed it over.
    message_id uuid,
    wish text NOT NULL,
    wanted_at timestamptz NOT NULL,
    -- How often staff were told, and when they are told next.
    alerts integer NOT NULL DEFAULT 0 CHECK (alerts >= 0),
    next_alert_at timestamptz NOT NULL,
    taken_at timestamptz,
    taken_by uuid,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES chat_sessions (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, message_id) REFERENCES chat_messages (tenant_id, id)
);
CREATE UNIQUE INDEX handovers_open ON handovers (tenant_id, session_id) WHERE taken_at IS NULL;
CREATE INDEX handovers_due ON handovers (next_alert_at) WHERE taken_at IS NULL;
SELECT protect_tenant_table('handovers', 'SELECT, INSERT, UPDATE', 'SELECT');

-- Whoever takes the conversation has done what the item asks for; and whoever settles the item has taken it.
CREATE FUNCTION settle_person_wanted() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE review_items SET resolved_at = NEW.taken_at, resolved_by = NEW.taken_by, action = 'taken_over'
    WHERE tenant_id = NEW.tenant_id AND lead_id = NEW.lead_id AND kind = 'person_wanted' AND resolved_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER handovers_taken AFTER UPDATE OF taken_at ON handovers FOR EACH ROW
WHEN (OLD.taken_at IS NULL AND NEW.taken_at IS NOT NULL) EXECUTE FUNCTION settle_person_wanted();

CREATE FUNCTION take_handover() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE handovers SET taken_at = NEW.resolved_at, taken_by = NEW.resolved_by WHERE tenant_id = NEW.tenant_id AND lead_id = NEW.lead_id AND taken_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER review_items_settled AFTER UPDATE OF resolved_at ON review_items FOR EACH ROW
WHEN (NEW.kind = 'person_wanted' AND OLD.resolved_at IS NULL AND NEW.resolved_at IS NOT NULL) EXECUTE FUNCTION take_handover();

-- Whom of a shop's staff to tell, and each time that somebody was. Written before the vendor is called, and never called twice: the next alert is a new row.
CREATE TABLE staff_contacts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    phones text[] NOT NULL,
    emails text[] NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    UNIQUE (tenant_id, location_id)
);
SELECT protect_tenant_table('staff_contacts', 'SELECT, INSERT, UPDATE');

CREATE TABLE staff_alerts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    handover_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    channel text NOT NULL CHECK (channel IN ('sms', 'email')),
    address text NOT NULL,
    status text NOT NULL CHECK (status IN ('handed_over', 'accepted', 'refused', 'not_sent', 'unknown')),
    error_code text,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, handover_id) REFERENCES handovers (tenant_id, id),
    UNIQUE (tenant_id, handover_id, number, address)
);
SELECT protect_tenant_table('staff_alerts', 'SELECT, INSERT, UPDATE');

-- A picture that came with a text: where the vendor has it, and its bytes once they are fetched.
CREATE TABLE message_pictures (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    message_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    source_url text NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'stored', 'refused')),
    -- Why it was refused, or how the last try failed.
    reason text,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- Real time: from then on it is tried (again). A claim moves it on, so that a worker that dies leaves it to the next.
    next_try_at timestamptz NOT NULL,
    content_type text,
    content bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES chat_sessions (tenant_id, id),
    FOREIGN KEY (tenant_id, message_id) REFERENCES chat_messages (tenant_id, id),
    UNIQUE (tenant_id, message_id, position),
    CHECK ((status = 'stored') = (content IS NOT NULL AND content_type IS NOT NULL))
);
CREATE INDEX message_pictures_waiting ON message_pictures (next_try_at) WHERE status = 'waiting';
CREATE INDEX message_pictures_of_session ON message_pictures (tenant_id, session_id, id);
SELECT protect_tenant_table('message_pictures', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE');

GRANT CREATE ON SCHEMA public TO lead_door;
SET LOCAL ROLE lead_door;

-- Questions that wait for an answer; texted_seq is 0 unless the last one was a text. A chat's is told only while nobody answers in the session; a text's also while an older answer runs, which it may void.
CREATE FUNCTION waiting_questions(max_rows integer) RETURNS TABLE (tenant_id uuid, session_id uuid, asked_seq bigint, texted_seq bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT s.tenant_id, s.id, s.asked_seq, CASE s.asked_channel WHEN 'sms' THEN s.asked_seq ELSE 0 END
    FROM chat_sessions s
    WHERE s.asked_seq > s.answered_seq AND s.mode = 'ai'
      AND (s.asked_channel = 'sms' OR NOT EXISTS (SELECT 1 FROM chat_messages m WHERE m.tenant_id = s.tenant_id AND m.session_id = s.id AND m.status = 'streaming'))
    ORDER BY s.tenant_id, s.id
    LIMIT max_rows
$$;

-- Answers to texts that have ended and that nobody has taken over to send.
CREATE FUNCTION answers_to_dispatch(max_rows integer) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT m.tenant_id, m.id
    FROM chat_messages m
    WHERE m.role = 'assistant' AND m.channel = 'sms' AND m.status <> 'streaming' AND m.dispatched_at IS NULL
    ORDER BY m.id
    LIMIT max_rows
$$;

-- Conversations that wait for a person, and of which staff are to be told (again).
CREATE FUNCTION due_handovers(business_now timestamptz, max_rows integer) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT h.tenant_id, h.id FROM handovers h WHERE h.taken_at IS NULL AND h.next_alert_at <= business_now ORDER BY h.next_alert_at, h.id LIMIT max_rows
$$;

-- Pictures to fetch. The claim moves the next try on by a lease.
CREATE FUNCTION claim_pictures(max_rows integer, lease interval) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS MATERIALIZED (
        SELECT p.tenant_id, p.id FROM message_pictures p
        WHERE p.status = 'waiting' AND p.next_try_at <= clock_timestamp()
        ORDER BY p.next_try_at, p.id
        LIMIT max_rows
        FOR UPDATE SKIP LOCKED
    )
    UPDATE message_pictures p
    SET attempts = p.attempts + 1, next_try_at = clock_timestamp() + lease
    FROM due d
    WHERE p.tenant_id = d.tenant_id AND p.id = d.id
    RETURNING p.tenant_id, p.id
$$;

REVOKE ALL ON FUNCTION waiting_questions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION waiting_questions(integer) TO lead_app;
REVOKE ALL ON FUNCTION answers_to_dispatch(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION answers_to_dispatch(integer) TO lead_app;
REVOKE ALL ON FUNCTION due_handovers(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_handovers(timestamptz, integer) TO lead_app;
REVOKE ALL ON FUNCTION claim_pictures(integer, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_pictures(integer, interval) TO lead_app;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM lead_door;
