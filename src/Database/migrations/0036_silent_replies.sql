-- An answer to a customer's text that the carrier or the vendor turned away for good is silence as well. What goes out after all, or is put back, is settled; when that ends unsent it is one more.
CREATE OR REPLACE FUNCTION review_silent_reply() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('suppressed', 'expired', 'failed') THEN
        INSERT INTO review_items (tenant_id, id, kind, lead_id, message_id, reason, evidence, created_at)
        VALUES (NEW.tenant_id, uuid_at(NEW.updated_at), 'reply_not_sent', NEW.lead_id, NEW.message_id, coalesce(NEW.reason, NEW.status),
            jsonb_build_object('touchPointId', NEW.id, 'step', NEW.step, 'status', NEW.status), NEW.updated_at);
    ELSE
        UPDATE review_items SET resolved_at = NEW.updated_at, action = 'settled'
        WHERE tenant_id = NEW.tenant_id AND lead_id = NEW.lead_id AND kind = 'reply_not_sent' AND evidence->>'touchPointId' = NEW.id::text AND resolved_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER touch_points_silent_reply ON touch_points;
CREATE TRIGGER touch_points_silent_reply AFTER UPDATE OF status ON touch_points FOR EACH ROW
WHEN (NEW.step LIKE 'reply-%' AND NEW.status IS DISTINCT FROM OLD.status AND NEW.reason IS DISTINCT FROM 'demo_mode'
    AND (NEW.status IN ('suppressed', 'expired', 'failed') OR OLD.status IN ('suppressed', 'expired', 'failed')))
EXECUTE FUNCTION review_silent_reply();
