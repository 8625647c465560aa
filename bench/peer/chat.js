// The chat: sessions, history, and an answer streamed from the model.
import { request } from 'undici';
import { int, nint, nstr, obj, str } from './schemas.js';
import { settings } from './settings.js';

const HISTORY = 50;
const idParam = obj({ id: { type: 'string', format: 'uuid' } });
const message = obj({
  id: int, role: str, content: str, model: nstr, inputTokens: nint, outputTokens: nint, costMicros: nint,
  createdAt: { type: 'string', format: 'date-time' },
});

export function chat(app, knex) {
  app.post('/api/chat/sessions', { schema: { body: obj({ leadId: int }), response: { 201: obj({ id: str, leadId: int }) } } }, async (req, reply) => {
    const [row] = await knex('chat_sessions').insert({ lead_id: req.body.leadId }).returning(['id', 'lead_id']);
    reply.code(201);
    return { id: row.id, leadId: row.lead_id };
  });

  const list = { params: idParam, response: { 200: obj({ messages: { type: 'array', items: message } }) } };
  app.get('/api/chat/sessions/:id/messages', { schema: list }, async (req) => {
    const rows = await knex('chat_messages').where({ session_id: req.params.id }).orderBy('id', 'desc').limit(HISTORY)
      .select('id', 'role', 'content', 'model', { inputTokens: 'input_tokens', outputTokens: 'output_tokens', costMicros: 'cost_micros', createdAt: 'created_at' });
    return { messages: rows.reverse() };
  });

  const send = { params: idParam, body: obj({ content: { type: 'string', minLength: 1, maxLength: 8000 } }) };
  app.post('/api/chat/sessions/:id/messages', { schema: send }, async (req, reply) => {
    const id = req.params.id;
    const context = await contextOf(knex, id);
    if (!context) {
      reply.code(404);
      return { error: 'no such session' };
    }
    await knex('chat_messages').insert({ session_id: id, role: 'user', content: req.body.content });
    const history = await knex('chat_messages').where({ session_id: id }).orderBy('id', 'desc').limit(HISTORY).select('role', 'content');
    const upstream = await ask(context, history.reverse());
    if (upstream.statusCode !== 200) {
      upstream.body.dump();
      reply.code(502);
      return { error: 'upstream' };
    }
    reply.hijack();
    await relay(knex, req, reply.raw, upstream, id);
  });
}

const contextOf = (knex, id) =>
  knex('chat_sessions as s').join('leads as l', 'l.id', 's.lead_id').join('customers as c', 'c.id', 'l.customer_id').join('locations as o', 'o.id', 'l.location_id')
    .where('s.id', id).first('l.service', 'l.vehicle', 'l.notes', 'c.first_name', 'o.name as shop');

const ask = (context, messages) => request(`${settings.llm}/v1/messages`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-api-key': 'bench', 'anthropic-version': '2023-06-01' },
  body: JSON.stringify({
    model: settings.model, max_tokens: 1024, stream: true, messages,
    system: `You are the assistant of ${context.shop}. Lead: ${context.first_name}, ${context.service}, ${context.vehicle}. ${context.notes}`,
  }),
});

async function relay(knex, req, res, upstream, id) {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
  let text = '', inputTokens = 0, outputTokens = 0, rest = '', gone = false;
  res.on('close', () => {
    if (!res.writableFinished) {
      gone = true;
      upstream.body.destroy();
    }
  });
  upstream.body.setEncoding('utf8');
  try {
    for await (const chunk of upstream.body) {
      rest += chunk;
      let out = '', end;
      while ((end = rest.indexOf('\n\n')) >= 0) {
        const frame = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const at = frame.indexOf('data: ');
        if (at < 0) continue;
        const event = JSON.parse(frame.slice(at + 6));
        if (event.type === 'content_block_delta') {
          text += event.delta.text;
          out += `data: ${JSON.stringify({ type: 'delta', text: event.delta.text })}\n\n`;
        } else if (event.type === 'message_start') inputTokens = event.message.usage.input_tokens;
        else if (event.type === 'message_delta') outputTokens = event.usage.output_tokens;
      }
      if (out && !res.write(out)) await new Promise((resume) => { res.once('drain', resume); res.once('close', resume); });
    }
  } catch (error) {
    if (!gone) req.log.error(error);
  }
  const costMicros = inputTokens * 3 + outputTokens * 15; // $3 and $15 per million tokens
  const [row] = await knex('chat_messages')
    .insert({ session_id: id, role: 'assistant', content: text, model: settings.model, input_tokens: inputTokens, output_tokens: outputTokens, cost_micros: costMicros })
    .returning('id');
  await knex('chat_sessions').where({ id }).update({
    message_count: knex.raw('message_count + 2'), total_cost_micros: knex.raw('total_cost_micros + ?', [costMicros]), updated_at: knex.fn.now(),
  });
  if (!gone) res.end(`data: ${JSON.stringify({ type: 'done', messageId: row.id, inputTokens, outputTokens, costMicros })}\n\n`);
}
