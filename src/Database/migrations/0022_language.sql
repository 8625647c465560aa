-- The language that a customer writes, so that what is said to them without a model is said in it: on the page, in notices, texts and emails.
ALTER TABLE chat_sessions ADD COLUMN language text CHECK (language IN ('en', 'es'));

-- What staff write answers what was asked before it. Of the time before, a conversation that is given back would be answered by the assistant once more.
-- Whoever migrates may be no superuser.
ALTER TABLE chat_sessions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE chat_messages NO FORCE ROW LEVEL SECURITY;
UPDATE chat_sessions s SET answered_seq = s.asked_seq
WHERE s.mode = 'human' AND s.asked_seq > s.answered_seq
  AND EXISTS (SELECT 1 FROM chat_messages m WHERE m.tenant_id = s.tenant_id AND m.session_id = s.id AND m.role = 'staff' AND m.seq > s.asked_seq);
ALTER TABLE chat_sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE chat_messages FORCE ROW LEVEL SECURITY;
