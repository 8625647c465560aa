-- Words of staff that answer a customer's own text at once pass caps and hours as the assistant's answers do: their rows have replies_to_at as well, and what ends of them is no answer of the assistant.
DROP TRIGGER touch_points_silent_reply ON touch_points;
CREATE TRIGGER touch_points_silent_reply AFTER UPDATE OF status ON touch_points FOR EACH ROW
WHEN (NEW.replies_to_at IS NOT NULL AND NEW.step LIKE 'reply-%' AND NEW.status IN ('suppressed', 'expired') AND NEW.status IS DISTINCT FROM OLD.status AND NEW.reason IS DISTINCT FROM 'demo_mode')
EXECUTE FUNCTION review_silent_reply();

-- The customers of the CRM that say no to emails at this address now; the date is when the first of them did, as with contacts.crm_opt_out_by.
ALTER TABLE email_addresses
    ADD COLUMN crm_opt_out_at timestamptz,
    ADD COLUMN crm_opt_out_by text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT email_addresses_crm_opt_out CHECK (crm_opt_out_at IS NULL OR cardinality(crm_opt_out_by) > 0);
