-- Words that were taken for an opt-out and may have meant something else: a person reads them. Both services write the ledger, so the database makes the item.

CREATE FUNCTION review_doubtful_opt_out() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_items (tenant_id, id, kind, lead_id, reason, evidence, created_at)
    SELECT NEW.tenant_id, uuid_at(NEW.occurred_at), 'doubtful_opt_out', l.id, NEW.reason,
        jsonb_build_object('consentEventId', NEW.id, 'channel', NEW.channel, 'source', NEW.source, 'wording', NEW.wording), NEW.occurred_at
    FROM leads l
    WHERE l.tenant_id = NEW.tenant_id AND (l.id = NEW.lead_id OR (NEW.lead_id IS NULL AND l.contact_id = NEW.contact_id))
    ORDER BY l.created_at DESC, l.id DESC
    LIMIT 1;
    RETURN NULL;
END $$;
CREATE TRIGGER consent_events_for_review AFTER INSERT ON consent_events FOR EACH ROW
WHEN (NEW.reason = 'doubtful_opt_out') EXECUTE FUNCTION review_doubtful_opt_out();
