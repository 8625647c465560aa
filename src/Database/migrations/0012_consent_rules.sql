-- The rules of texting: under which of them a text went out, where its recipient lives, and how often they were texted.

-- The version of the rule file; null for emails, and for what was handed over before there was one.
ALTER TABLE message_attempts ADD COLUMN rules_version text;

-- How often was this number texted lately? The number stands first: an index that began with the tenant would compete with the primary key while the table is young.
CREATE INDEX message_attempts_by_address ON message_attempts (address, tenant_id, started_at) WHERE channel = 'sms';

-- As the CRM has it, a code or a name: by it the recipient's hours are known, before the number is asked.
ALTER TABLE leads ADD COLUMN address_state text;

-- Words that may have been an opt-out were taken for one: a person looks at it.
ALTER TABLE consent_events ADD COLUMN reason text CHECK (reason IN ('doubtful_opt_out'));
