-- Words that may be a no make an item for a person also where there is no lead: a number that nobody knows is silent by them as well, and somebody must be able to undo that.

CREATE OR REPLACE FUNCTION review_doubtful_opt_out() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_items (tenant_id, id, kind, lead_id, reason, evidence, created_at)
    VALUES (NEW.tenant_id, uuid_at(NEW.occurred_at), 'doubtful_opt_out',
        (SELECT l.id FROM leads l
         WHERE l.tenant_id = NEW.tenant_id AND (l.id = NEW.lead_id OR (NEW.lead_id IS NULL AND l.contact_id = NEW.contact_id))
         ORDER BY l.created_at DESC, l.id DESC
         LIMIT 1),
        NEW.reason, jsonb_build_object('consentEventId', NEW.id, 'channel', NEW.channel, 'source', NEW.source, 'wording', NEW.wording), NEW.occurred_at);
    RETURN NULL;
END $$;
