// Sends due touch points: claimed in batches, sent at once, marked in bulk.
import { request } from 'undici';
import { settings } from './settings.js';

export function processor(knex, log) {
  let running = false, stopped = false, current = Promise.resolve();

  async function tick() {
    if (running || stopped) return;
    running = true;
    let sent = 0, failed = 0;
    try {
      while (!stopped) { // one tick empties the queue
        const rows = await claim(knex);
        if (rows.length === 0) break;
        const results = await Promise.allSettled(rows.map(send));
        const [done, refused] = await mark(knex, rows, results);
        sent += done;
        failed += refused;
      }
      if (sent + failed) {
        await knex('job_executions').insert({ job: 'touch_points', finished_at: knex.fn.now(), processed: sent, failed });
        log.info({ sent, failed }, 'touch points processed');
      }
    } catch (error) {
      log.error(error);
    } finally {
      running = false;
    }
  }

  const timer = setInterval(() => { current = tick(); }, settings.tickMs);
  current = tick();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await current;
  };
}

const claim = async (knex) => (await knex.raw(
  `UPDATE touch_points SET status = 'sending', claimed_at = now(), attempts = attempts + 1
   WHERE id IN (SELECT id FROM touch_points WHERE status = 'pending' AND due_at <= now() ORDER BY due_at, id LIMIT ? FOR UPDATE SKIP LOCKED)
   RETURNING id, to_number, from_number, body`, [settings.batch])).rows;

async function send(touch) {
  const answer = await request(`${settings.twilio}/2010-04-01/Accounts/AC0/Messages.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic QUMwOng=', 'i-twilio-idempotency-token': String(touch.id) },
    body: new URLSearchParams({ To: touch.to_number, From: touch.from_number, Body: touch.body }).toString(),
  });
  const result = await answer.body.json();
  if (answer.statusCode >= 300) throw new Error(`twilio ${answer.statusCode}`);
  return result.sid;
}

async function mark(knex, rows, results) {
  const ids = [], sids = [], refused = [];
  results.forEach((result, i) => {
    if (result.status === 'fulfilled') {
      ids.push(rows[i].id);
      sids.push(result.value);
    } else {
      refused.push(rows[i].id);
    }
  });
  if (ids.length) {
    await knex.raw(
      `UPDATE touch_points t SET status = 'sent', sent_at = now(), provider_sid = v.sid FROM unnest(?::bigint[], ?::text[]) v(id, sid) WHERE t.id = v.id`,
      [ids, sids]);
  }
  if (refused.length) {
    await knex('touch_points').whereIn('id', refused)
      .update({ status: knex.raw(`CASE WHEN attempts < 3 THEN 'pending' ELSE 'failed' END`), due_at: knex.raw(`now() + interval '60 seconds'`) });
  }
  return [ids.length, refused.length];
}
