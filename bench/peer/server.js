// The peer: Fastify 5, Knex, pg and pino. One process per role, or WORKERS=n of them.
import cluster from 'node:cluster';
import Fastify from 'fastify';
import knexFactory from 'knex';
import pg from 'pg';
import pino from 'pino';
import { Agent, setGlobalDispatcher } from 'undici';
import { chat } from './chat.js';
import { num, obj, str } from './schemas.js';
import { settings } from './settings.js';
import { processor } from './touchPoints.js';
import { webhook } from './webhook.js';

if (settings.workers > 1 && cluster.isPrimary) {
  for (let i = 0; i < settings.workers; i++) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.kill('SIGTERM');
    setTimeout(() => process.exit(0), 500);
  });
} else {
  await main();
}

async function main() {
  pg.types.setTypeParser(20, Number); // bigint -> number
  setGlobalDispatcher(new Agent({ connections: 4096, pipelining: 1, keepAliveTimeout: 60_000, headersTimeout: 60_000, bodyTimeout: 300_000 }));
  // A buffered asynchronous destination is pino's documented setting for high throughput.
  const logger = pino({ level: settings.logLevel, base: undefined }, pino.destination({ dest: 1, sync: false, minLength: 4096 }));
  const knex = knexFactory({
    client: 'pg',
    connection: { connectionString: settings.database, application_name: 'peer' },
    pool: { min: Math.min(4, settings.pool), max: settings.pool },
    acquireConnectionTimeout: 30_000,
  });
  const app = Fastify({ loggerInstance: logger, bodyLimit: 1 << 20, keepAliveTimeout: 65_000, trustProxy: false });
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (req, body, done) => {
    req.rawBody = body; // kept for the signature
    try {
      done(null, JSON.parse(body.toString('utf8')));
    } catch (error) {
      error.statusCode = 400;
      done(error);
    }
  });

  if (settings.roles.includes('api')) {
    webhook(app, knex);
    chat(app, knex);
  }

  app.get('/health', { schema: { response: { 200: obj({ status: str, database: str, uptime: num }) } } }, async (req, reply) => {
    try {
      await knex.raw('select 1');
      return { status: 'ok', database: 'up', uptime: process.uptime() };
    } catch (error) {
      req.log.error(error);
      reply.code(503);
      return { status: 'degraded', database: 'down', uptime: process.uptime() };
    }
  });
  await app.listen({ port: settings.port, host: '127.0.0.1', backlog: 4096 });

  const stop = settings.roles.includes('processor') ? processor(knex, logger) : async () => {};
  process.on('SIGTERM', async () => {
    await stop();
    await app.close();
    await knex.destroy();
    process.exit(0);
  });
}
