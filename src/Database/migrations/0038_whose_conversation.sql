-- Which member of staff has a conversation of mode human: whoever took it over or wrote in it last. NULL: nobody yet, or the assistant has it.
ALTER TABLE chat_sessions ADD COLUMN taken_by uuid;
