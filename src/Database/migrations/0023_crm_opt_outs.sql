-- A no at the shop's desk: the CRM's word on a number is kept beside the person's own, and every send to the number heeds it, whichever lead or door it comes by.

-- The customers of the CRM that say no for this number now; the date is when the first of them did. A person's own START ends the date and leaves the names:
-- what was known then is no news, and the next no is.
ALTER TABLE contacts
    ADD COLUMN crm_opt_out_at timestamptz,
    ADD COLUMN crm_opt_out_by text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT contacts_crm_opt_out CHECK (crm_opt_out_at IS NULL OR cardinality(crm_opt_out_by) > 0);

-- Those that silenced a greeting before there was a place for them. Whoever migrates may be no superuser.
ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE leads NO FORCE ROW LEVEL SECURITY;
ALTER TABLE touch_points NO FORCE ROW LEVEL SECURITY;
UPDATE contacts c SET crm_opt_out_at = said.at, crm_opt_out_by = said.customers
FROM (
    SELECT l.tenant_id, l.contact_id, min(t.updated_at) AS at, array_agg(DISTINCT l.external_customer_id) AS customers
    FROM touch_points t JOIN leads l ON l.tenant_id = t.tenant_id AND l.id = t.lead_id
    WHERE t.status = 'suppressed' AND t.reason = 'crm_opt_out' AND l.contact_id IS NOT NULL AND l.external_customer_id IS NOT NULL
    GROUP BY l.tenant_id, l.contact_id
) said
WHERE c.tenant_id = said.tenant_id AND c.id = said.contact_id;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE leads FORCE ROW LEVEL SECURITY;
ALTER TABLE touch_points FORCE ROW LEVEL SECURITY;
