// What the peer reads from its environment.
const env = (name, fallback) => process.env[name] ?? fallback;

export const settings = {
  port: +env('PORT', 3000),
  workers: +env('WORKERS', 1),
  roles: env('ROLE', 'api,processor').split(','),
  database: env('DATABASE_URL', 'postgres://127.0.0.1:5432/peer'),
  pool: +env('DB_POOL', 20),
  webhookMode: env('WEBHOOK_MODE', 'knex'), // knex | cte
  shopmonkey: env('SHOPMONKEY_BASE_URL', 'http://127.0.0.1:3002/v3'),
  shopmonkeyKey: env('SHOPMONKEY_API_KEY', ''),
  llm: env('LLM_URL', 'http://127.0.0.1:3002'),
  model: env('LLM_MODEL', 'claude-sonnet-5-5'),
  twilio: env('TWILIO_URL', 'http://127.0.0.1:3002'),
  tickMs: +env('TICK_MS', 10000),
  batch: +env('BATCH', 100),
  logLevel: env('LOG_LEVEL', 'info'),
};
