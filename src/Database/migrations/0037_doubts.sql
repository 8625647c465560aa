-- Words that may be a no end every way to write to somebody. One line of the ledger carries the doubt (reason), for a person to read; the lines of the other ways name it here. A line without either
-- is a clear no.
ALTER TABLE consent_events ADD COLUMN said_id uuid;

-- Those of before: the same words of the same source, within the moment that it took to write them. Whoever migrates may be no superuser.
ALTER TABLE consent_events NO FORCE ROW LEVEL SECURITY;
UPDATE consent_events c SET said_id = s.id
FROM consent_events s
WHERE s.kind = 'opted_out' AND s.reason IS NOT NULL AND c.kind = 'opted_out' AND c.reason IS NULL AND c.channel = s.channel
  AND c.tenant_id = s.tenant_id AND replace(c.source, ' (another number of theirs)', '') = s.source AND c.wording = s.wording
  AND c.occurred_at BETWEEN s.occurred_at AND s.occurred_at + interval '10 seconds';
ALTER TABLE consent_events FORCE ROW LEVEL SECURITY;

-- What else the same words ended.
CREATE INDEX consent_events_of_doubt ON consent_events (tenant_id, said_id) WHERE said_id IS NOT NULL;
