-- What was decided about a lead while a step of it was with the vendor, or had just ended: the next step must not come. And a hold follows a lead that moves to another shop.

-- Null, or why nothing more of its sequence comes: one machine word. A reply, a booking, an opt-out and a closure say so in the lead's status; a member of staff who has written or taken
-- over, and a customer who is gone from the CRM, say so here. It stays when the conversation is given back.
ALTER TABLE leads ADD COLUMN sequence_ended_as text;

-- As before, but the end of a hold looks at all that is marked: an order may have moved to another shop since.
CREATE OR REPLACE FUNCTION mark_held_touch_points() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.released_at IS NULL THEN
        UPDATE touch_points t SET is_held = true
        WHERE t.tenant_id = NEW.tenant_id AND t.status = 'scheduled' AND NOT t.is_held
          AND (NEW.scope = 'tenant' OR t.lead_id = NEW.lead_id
            OR t.lead_id IN (SELECT l.id FROM leads l WHERE l.tenant_id = NEW.tenant_id AND l.location_id = NEW.location_id));
    ELSE
        UPDATE touch_points t SET is_held = false, reason = nullif(t.reason, 'held')
        WHERE t.tenant_id = NEW.tenant_id AND t.is_held AND NOT is_lead_held(t.tenant_id, t.lead_id);
    END IF;
    RETURN NULL;
END $$;

-- The holds of the shop that a lead leaves end for it, and those of the other begin. Their rows are held FOR SHARE, as the gate does it before it marks: whoever ends one sees the mark,
-- or this sees the end.
CREATE FUNCTION mark_moved_touch_points() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM holds h WHERE h.tenant_id = NEW.tenant_id AND h.released_at IS NULL ORDER BY h.id FOR SHARE;
    UPDATE touch_points t SET is_held = now.held, reason = CASE WHEN now.held THEN t.reason ELSE nullif(t.reason, 'held') END
    FROM (SELECT is_lead_held(NEW.tenant_id, NEW.id) AS held) now
    WHERE t.tenant_id = NEW.tenant_id AND t.lead_id = NEW.id AND t.status = 'scheduled' AND t.is_held <> now.held;
    RETURN NULL;
END $$;
CREATE TRIGGER leads_mark_moved AFTER UPDATE OF location_id ON leads FOR EACH ROW
WHEN (NEW.location_id IS DISTINCT FROM OLD.location_id) EXECUTE FUNCTION mark_moved_touch_points();

-- Somebody asked by text, and the answer will not come: a member of staff hears of it. What ended because a person took over or the asker said stop is cancelled and no silence.
CREATE FUNCTION review_silent_reply() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_items (tenant_id, id, kind, lead_id, message_id, reason, evidence, created_at)
    VALUES (NEW.tenant_id, uuid_at(NEW.updated_at), 'reply_not_sent', NEW.lead_id, NEW.message_id, NEW.reason,
        jsonb_build_object('touchPointId', NEW.id, 'step', NEW.step, 'status', NEW.status), NEW.updated_at);
    RETURN NULL;
END $$;
CREATE TRIGGER touch_points_silent_reply AFTER UPDATE OF status ON touch_points FOR EACH ROW
WHEN (NEW.replies_to_at IS NOT NULL AND NEW.status IN ('suppressed', 'expired') AND NEW.status IS DISTINCT FROM OLD.status AND NEW.reason IS DISTINCT FROM 'demo_mode')
EXECUTE FUNCTION review_silent_reply();

-- Marks that a move has left behind. Whoever migrates may be no superuser.
ALTER TABLE touch_points NO FORCE ROW LEVEL SECURITY;
ALTER TABLE leads NO FORCE ROW LEVEL SECURITY;
ALTER TABLE holds NO FORCE ROW LEVEL SECURITY;
UPDATE touch_points t SET is_held = false, reason = nullif(t.reason, 'held') WHERE t.is_held AND NOT is_lead_held(t.tenant_id, t.lead_id);
ALTER TABLE touch_points FORCE ROW LEVEL SECURITY;
ALTER TABLE leads FORCE ROW LEVEL SECURITY;
ALTER TABLE holds FORCE ROW LEVEL SECURITY;
