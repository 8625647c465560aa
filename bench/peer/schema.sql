-- Schema of the peer. It drops what is there and makes it again.
DROP SCHEMA public CASCADE; CREATE SCHEMA public;

CREATE TABLE tenants (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE locations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenants,
  shopmonkey_location_id text NOT NULL UNIQUE,
  name text NOT NULL, timezone text NOT NULL DEFAULT 'America/Chicago',
  from_number text NOT NULL, webhook_secret text NOT NULL,
  active boolean NOT NULL DEFAULT true);

CREATE TABLE location_hours (
  location_id bigint NOT NULL REFERENCES locations, weekday smallint NOT NULL,
  opens time NOT NULL, closes time NOT NULL, PRIMARY KEY (location_id, weekday));

CREATE TABLE service_catalog (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  location_id bigint NOT NULL REFERENCES locations,
  name text NOT NULL, description text, price_cents int NOT NULL, active boolean NOT NULL DEFAULT true);
CREATE INDEX ON service_catalog (location_id) WHERE active;

CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  location_id bigint NOT NULL REFERENCES locations,
  external_id text NOT NULL, first_name text, last_name text, phone text, email text,
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (location_id, external_id));

CREATE TABLE leads (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  location_id bigint NOT NULL REFERENCES locations,
  customer_id bigint NOT NULL REFERENCES customers,
  external_id text NOT NULL, status text NOT NULL DEFAULT 'new',
  source text, service text, vehicle text, notes text,
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (location_id, external_id));
CREATE INDEX ON leads (location_id, status, created_at);
CREATE INDEX ON leads (customer_id);

CREATE TABLE webhook_events (
  location_id bigint NOT NULL REFERENCES locations, event_id text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (location_id, event_id));

CREATE TABLE job_executions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job text NOT NULL, started_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz,
  processed int, failed int, error text);
CREATE INDEX ON job_executions (job, started_at DESC);

CREATE TABLE touch_points (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id bigint NOT NULL REFERENCES leads, seq int NOT NULL,
  channel text NOT NULL DEFAULT 'sms', status text NOT NULL DEFAULT 'pending',
  to_number text NOT NULL, from_number text NOT NULL, body text NOT NULL,
  due_at timestamptz NOT NULL, claimed_at timestamptz, sent_at timestamptz,
  attempts int NOT NULL DEFAULT 0, provider_sid text, error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (lead_id, seq));
CREATE INDEX touch_points_due ON touch_points (due_at, id) WHERE status = 'pending';

CREATE TABLE chat_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  lead_id bigint NOT NULL REFERENCES leads, status text NOT NULL DEFAULT 'open',
  message_count int NOT NULL DEFAULT 0, total_cost_micros bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON chat_sessions (lead_id);

CREATE TABLE chat_messages (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES chat_sessions,
  role text NOT NULL, content text NOT NULL, model text,
  input_tokens int, output_tokens int, cost_micros bigint,
  created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX chat_messages_session ON chat_messages (session_id, id DESC);

-- Fixed base data: 1 tenant, 10 locations, hours, a small catalog, 1000 leads for chat.
INSERT INTO tenants (name) VALUES ('Bench');
INSERT INTO locations (tenant_id, shopmonkey_location_id, name, from_number, webhook_secret)
  SELECT 1, '6287a4044d1a723b10eff1b' || g, 'Shop ' || g, '+1555000' || lpad(g::text, 4, '0'), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  FROM generate_series(0, 9) g ORDER BY g;
INSERT INTO location_hours SELECT l.id, d, '08:00', '18:00' FROM locations l, generate_series(1, 5) d;
INSERT INTO service_catalog (location_id, name, description, price_cents)
  SELECT l.id, 'Service ' || g, 'Description of service ' || g, 4900 + g * 1000
  FROM locations l, generate_series(1, 8) g;
INSERT INTO customers (location_id, external_id, first_name, last_name, phone, email)
  SELECT 1 + g % 10, 'seed-cust-' || g, 'First' || g, 'Last' || g, '+1555' || lpad(g::text, 7, '0'), 'c' || g || '@example.com'
  FROM generate_series(1, 1000) g ORDER BY g;
INSERT INTO leads (location_id, customer_id, external_id, status, source, service, vehicle, notes)
  SELECT location_id, id, 'seed-lead-' || id, 'new', 'web', 'Brake service', '2019 Toyota Camry', 'Wants a quote'
  FROM customers ORDER BY id;
