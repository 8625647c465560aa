-- One row in every tenant table, for one tenant. {tenant}, {lead} and the like become ids of that tenant alone; {slug} its name.
INSERT INTO tenants (id, slug, name, timezone, shopmonkey_company_id, created_at, updated_at)
VALUES ({tenant}, '{slug}', '{slug}', 'America/Chicago', 'company-{slug}', '2026-11-23Z', '2026-11-23Z');

INSERT INTO users (tenant_id, id, email, password_hash, name, role, created_at, updated_at)
VALUES ({tenant}, {user}, 'same@example.com', 'hash', 'User', 'owner', '2026-11-23Z', '2026-11-23Z');

INSERT INTO audit_events (tenant_id, id, actor_id, action, target, occurred_at)
VALUES ({tenant}, {audit}, {user}, 'read', 'leads', '2026-11-23Z');

INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at)
VALUES ({tenant}, {location}, 'same-location', 'Austin', 'America/Chicago', '2026-11-23Z', '2026-11-23Z');

INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes)
VALUES ({tenant}, {hours}, {location}, 1, '08:00', '17:00');

INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed, note)
VALUES ({tenant}, {exception}, {location}, '2026-11-26', true, 'Thanksgiving');

INSERT INTO service_catalog (tenant_id, id, location_id, external_id, name, price_cents, bookable, source, valid_from, updated_at)
VALUES ({tenant}, {service}, {location}, 'same-service', 'Tint', 19900, true, 'crm', '2026-11-23Z', '2026-11-23Z');

INSERT INTO service_prices (tenant_id, id, service_id, ordinal, price_cents, active, source, valid_from)
VALUES ({tenant}, {price}, {service}, 1, 19900, true, 'crm', '2026-11-23Z');

INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
VALUES ({tenant}, {contact}, '+15125550123', '2026-11-23Z', '2026-11-23Z');

INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, timezone, external_created_at, created_at, updated_at)
VALUES ({tenant}, {lead}, {location}, {contact}, 'shopmonkey', 'same-order', 'new', 'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z');

INSERT INTO external_tombstones (tenant_id, id, source, external_id, external_version, is_gone, created_at)
VALUES ({tenant}, {tombstone}, 'shopmonkey', 'same-deleted-order', 1, true, '2026-11-23Z');

INSERT INTO consent_events (tenant_id, id, contact_id, lead_id, kind, channel, source, wording, occurred_at)
VALUES ({tenant}, {consent}, {contact}, {lead}, 'inquiry', 'crm', 'shopmonkey', 'asked for a quote', '2026-11-23Z');

INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, payload, status, next_attempt_at, received_at)
VALUES ({tenant}, {event}, 'shopmonkey', 'same-key', 'order', 'INSERT', '{}', 'received', '2026-11-23Z', '2026-11-23Z');

INSERT INTO job_executions (tenant_id, id, job, status, started_at)
VALUES ({tenant}, {job}, 'poll', 'running', '2026-11-23Z');

INSERT INTO cadences (tenant_id, id, version, name, steps, created_at)
VALUES ({tenant}, {cadence}, 1, 'Ours', '[]', '2026-11-23Z');

INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
VALUES ({tenant}, {touch}, {lead}, 'greeting', 'sms', 'scheduled', '2026-11-23Z', '2026-11-24Z', '2026-11-23Z', '2026-11-23Z');

INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
VALUES ({tenant}, {attempt}, {touch}, 1, 'sms', '+15125550123', 'Hello {link}', 'handed_over', '2026-11-23Z');

INSERT INTO chat_codes (tenant_id, id, lead_id, attempt_id, code_hash, created_at, expires_at)
VALUES ({tenant}, {code}, {lead}, {attempt}, sha256('{slug}'), '2026-11-23Z', '2026-12-07Z');

INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at)
VALUES ({tenant}, {session}, {lead}, 'ai', '2026-11-23Z', '2026-11-23Z');

INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, client_message_id, created_at)
VALUES ({tenant}, {message}, {session}, 1, 'customer', 'chat', 'Hi', 'complete', {message}, '2026-11-23Z');

INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
VALUES ({tenant}, {frame}, {session}, 1, {message}, 'message.created', '{}', '2026-11-23Z');

INSERT INTO ai_calls (tenant_id, id, session_id, message_id, location_id, provider, model, status, budget_day, reserved_micros, owner_id, created_at)
VALUES ({tenant}, {call}, {session}, {message}, {location}, 'claude', 'model', 'reserved', '2026-11-23', 1000, {owner}, '2026-11-23Z');

INSERT INTO ai_budgets (tenant_id, id, day, limit_micros)
VALUES ({tenant}, {budget}, '2026-11-23', 1000000);

INSERT INTO ai_limits (tenant_id, id, period, limit_micros, soft_percent, updated_at)
VALUES ({tenant}, {budget}, 'day', 1000000, 80, '2026-11-23Z');

INSERT INTO review_items (tenant_id, id, kind, lead_id, message_id, reason, created_at)
VALUES ({tenant}, {message}, 'person_wanted', {lead}, {message}, 'asked', '2026-11-23Z');

-- Made with its shop.
UPDATE bays SET id = {bay} WHERE tenant_id = {tenant};

INSERT INTO crm_appointments (tenant_id, id, location_id, external_id, starts_at, ends_at, updated_at)
VALUES ({tenant}, {appointment}, {location}, 'same-crm-appointment', '2026-11-24 18:00Z', '2026-11-24 19:00Z', '2026-11-23Z');

INSERT INTO appointments (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, price_cents, external_id, created_at, updated_at)
VALUES ({tenant}, {appointment}, {lead}, {location}, {service}, {bay}, '2026-11-24 16:00Z', '2026-11-24 17:00Z', 'confirmed', 19900, 'same-appointment', '2026-11-23Z', '2026-11-23Z');

INSERT INTO vendor_credentials (tenant_id, id, vendor, secret, phone, account, created_at, updated_at)
VALUES ({tenant}, {credential}, 'twilio', 'v1.key-of-{slug}.sealed', '+15005550006', 'AC00000000000000000000000000000000', '2026-11-23Z', '2026-11-23Z');

INSERT INTO webhook_registrations (tenant_id, id, external_id, url, created_at, updated_at)
VALUES ({tenant}, {tenant}, 'same-webhook', 'https://leads.example/webhooks/shopmonkey/{slug}', '2026-11-23Z', '2026-11-23Z');

INSERT INTO poll_states (tenant_id, id, next_poll_at) VALUES ({tenant}, {tenant}, '2026-11-23Z');

INSERT INTO poll_marks (tenant_id, id, topic, mark, updated_at)
VALUES ({tenant}, {mark}, 'order.updatedDate', '2026-11-23Z', '2026-11-23Z');

INSERT INTO text_list_marks (tenant_id, id, read_until) VALUES ({tenant}, {tenant}, '2026-11-23Z');

INSERT INTO crm_versions (tenant_id, id, kind, external_id, version, updated_at)
VALUES ({tenant}, {version}, 'customer', 'same-customer', 1, '2026-11-23Z');

INSERT INTO location_activity (tenant_id, id, location_id, webhook_at) VALUES ({tenant}, {activity}, {location}, '2026-11-23Z');

INSERT INTO people (tenant_id, id, created_at) VALUES ({tenant}, {person}, '2026-11-23Z');

INSERT INTO person_keys (tenant_id, id, person_id, kind, value, created_at)
VALUES ({tenant}, {key}, {person}, 'phone', '+15125550123', '2026-11-23Z');

INSERT INTO person_matches (tenant_id, id, person_id, lead_id, other_lead_id, matched_by, created_at)
VALUES ({tenant}, {match}, {person}, {lead}, {lead}, 'phone', '2026-11-23Z');

INSERT INTO idempotency_keys (tenant_id, id, scope, key, request_hash, target_id, answer, created_at)
VALUES ({tenant}, {idempotency}, 'leads', 'same-key', sha256('request'), {lead}, '', '2026-11-23Z');

INSERT INTO lead_imports (tenant_id, id, location_id, status, dry_run, greet, file_name, total, created_by, created_at)
VALUES ({tenant}, {import}, {location}, 'queued', false, false, 'leads.csv', 1, {user}, '2026-11-23Z');

INSERT INTO lead_import_rows (tenant_id, id, import_id, line, content, status)
VALUES ({tenant}, {row}, {import}, 2, '{}', 'waiting');

INSERT INTO api_keys (tenant_id, id, name, place, key_hash, hint, scopes, created_by, created_at)
VALUES ({tenant}, {apikey}, 'website', 1, sha256('key-{slug}'), 'abcd', ARRAY['read'], {user}, '2026-11-23Z');

INSERT INTO email_addresses (tenant_id, id, email, created_at, updated_at)
VALUES ({tenant}, {email}, 'same@example.com', '2026-11-23Z', '2026-11-23Z');

INSERT INTO unsubscribe_tokens (tenant_id, id, email_address_id, attempt_id, token_hash, reply_hash, created_at)
VALUES ({tenant}, {token}, {email}, {attempt}, sha256('token-{slug}'), sha256('reply-{slug}'), '2026-11-23Z');

INSERT INTO holds (tenant_id, id, scope, lead_id, reason, taken_by, taken_at, released_at)
VALUES ({tenant}, {hold}, 'lead', {lead}, 'same reason', {user}, '2026-11-23Z', '2026-11-23Z');

INSERT INTO sender_paces (tenant_id, id, sender, next_free_at, first_free_at, day)
VALUES ({tenant}, {pace}, '+15005550006', '2026-11-23Z', '2026-11-23Z', '2026-11-23');

INSERT INTO handovers (tenant_id, id, session_id, lead_id, wish, wanted_at, next_alert_at, taken_at)
VALUES ({tenant}, {handover}, {session}, {lead}, 'a person', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z');

INSERT INTO staff_contacts (tenant_id, id, location_id, phones, emails, updated_at)
VALUES ({tenant}, {contacts}, {location}, ARRAY['+15125550188'], '{}', '2026-11-23Z');

INSERT INTO staff_alerts (tenant_id, id, handover_id, number, channel, address, status, started_at)
VALUES ({tenant}, {alert}, {handover}, 1, 'sms', '+15125550188', 'accepted', '2026-11-23Z');

INSERT INTO message_pictures (tenant_id, id, session_id, message_id, position, source_url, status, reason, next_try_at, created_at)
VALUES ({tenant}, {picture}, {session}, {message}, 0, 'https://vendor.example/1', 'refused', 'too_large', '2026-11-23Z', '2026-11-23Z');
