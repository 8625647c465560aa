import { vi } from 'vitest';
import type { ChatBooking, ChatEvent, ChatMessage, ChatSession } from '../src/wire';

export const SESSION_ID = '01999999-0000-7000-8000-000000000001';

export function session(change: Partial<ChatSession> = {}): ChatSession {
  return {
    sessionId: SESSION_ID,
    location: { name: 'Acme Tint Austin', phone: '+15125550123', address: '1 Main St', timezone: 'America/Chicago', openNow: true },
    customer: { firstName: 'Anna' },
    messages: [],
    mode: 'ai',
    bookings: [],
    language: null,
    now: '2026-11-23T16:05:00Z',
    ...change,
  };
}

export function booking(change: Partial<ChatBooking> = {}): ChatBooking {
  return {
    bookingId: '01999999-0000-7000-8000-000000000009',
    serviceId: '01999999-0000-7000-8000-000000000008',
    serviceName: 'Full Car Ceramic Tint',
    startsAt: '2026-11-24T16:00:00Z',
    endsAt: '2026-11-24T20:00:00Z',
    priceCents: 39900,
    status: 'held',
    expiresAt: '2026-11-23T16:10:00Z',
    timezone: 'America/Chicago',
    replacesId: null,
    ...change,
  };
}

export function message(change: Partial<ChatMessage> & { id: string; seq: number }): ChatMessage {
  return {
    role: 'assistant',
    channel: 'chat',
    content: '',
    status: 'complete',
    createdAt: '2026-11-23T16:00:00Z',
    usage: null,
    clientMessageId: null,
    pictures: null,
    ...change,
  };
}

/** One response body that a test writes into, piece by piece. */
export class FakeStream {
  private controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      this.controller = controller;
    },
    cancel: () => {
      this.cancelled = true;
    },
  });
  cancelled = false;

  write(text: string): void {
    this.controller.enqueue(new TextEncoder().encode(text));
  }

  bytes(bytes: Uint8Array): void {
    this.controller.enqueue(bytes);
  }

  event(event: ChatEvent): void {
    const id = 'messageId' in event.data ? event.data.messageId : 'id' in event.data ? event.data.id : SESSION_ID;
    this.write(`event: ${event.name}\nid: ${id}:${event.seq}\ndata: ${JSON.stringify(event.data)}\n\n`);
  }

  end(): void {
    this.controller.close();
  }

  cut(): void {
    this.controller.error(new TypeError('network error'));
  }
}

interface Call {
  method: string;
  url: string;
  body: unknown;
}

type Answer = Response | FakeStream | Error | 'never';

/** Stands at the network's edge: answers `fetch` and keeps every call. */
export class FakeServer {
  readonly calls: Call[] = [];
  readonly live: FakeStream[] = [];
  readonly posts: FakeStream[] = [];
  onExchange: () => Answer = () => json(201, session());
  onCurrent: () => Answer = () => json(401, {});
  onStream: () => Answer = () => keep(this.live);
  onHistory: () => Answer = () => json(200, { items: [], nextCursor: null });
  onSend: () => Answer = () => keep(this.posts);
  onSession: () => Answer = () => json(200, session());
  onTap: () => Answer = () => json(200, booking());
  onStop: () => Answer = () => new Response(null, { status: 204 });
  onWish: () => Answer = () => new Response(null, { status: 204 });

  constructor() {
    vi.stubGlobal('fetch', (url: string, init?: RequestInit) => this.fetch(url, init));
  }

  callsTo(part: string, method = 'GET'): Call[] {
    return this.calls.filter((call) => call.method === method && call.url.includes(part));
  }

  private fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const method = init.method ?? 'GET';
    this.calls.push({ method, url, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined });
    const answer = this.answer(method, url);
    if (init.signal?.aborted) {
      return Promise.reject(init.signal.reason as Error);
    }
    if (answer === 'never') {
      return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)));
    }
    if (answer instanceof Error) {
      return Promise.reject(answer);
    }
    return Promise.resolve(answer instanceof FakeStream ? new Response(answer.body, { status: 200 }) : answer);
  }

  private answer(method: string, url: string): Answer {
    if (method === 'POST') {
      if (url.includes('/bookings/')) {
        return this.onTap();
      }
      if (/\/(pause|opt-out)$/.test(url)) {
        return this.onWish();
      }
      return url.endsWith('/messages') ? this.onSend() : url.endsWith('/stop') ? this.onStop() : this.onExchange();
    }
    if (url.includes('/messages')) {
      return this.onHistory();
    }
    return url.includes('/stream') ? this.onStream() : url.endsWith('/current') ? this.onCurrent() : this.onSession();
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

export function offline(): TypeError {
  return new TypeError('Failed to fetch');
}

function keep(streams: FakeStream[]): FakeStream {
  const stream = new FakeStream();
  streams.push(stream);
  return stream;
}

/** Lets everything that is ready happen, timers of this many milliseconds included. */
export function settle(ms = 50): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}
