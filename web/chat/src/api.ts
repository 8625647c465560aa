import type { ChatMessagePage, ChatSession, NewMessage } from './wire';

const SESSIONS = '/api/chat/sessions';

/** What an answer of 409 says of a time that cannot be had. */
interface Conflict {
  reason?: string;
  /** Beginnings that were free a moment ago. */
  alternatives?: string[];
}

/** The server's answer was not the one asked for. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Milliseconds the server asks us to wait; null when it does not say. */
    readonly retryAfterMs: number | null,
    readonly conflict: Conflict = {},
  ) {
    super(`HTTP ${status}`);
  }

  /** The cookie ran out, or is another session's by now; or there is no such thing. */
  get isGone(): boolean {
    return this.status === 401 || this.status === 404;
  }

  /** Asking again in the same words will not help. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429;
  }
}

export function exchangeCode(code: string, signal: AbortSignal): Promise<ChatSession> {
  return json(post(SESSIONS, { code }, signal));
}

export function currentSession(signal: AbortSignal): Promise<ChatSession> {
  return json(get(`${SESSIONS}/current`, signal));
}

export function readSession(sessionId: string, signal: AbortSignal): Promise<ChatSession> {
  return json(get(`${SESSIONS}/${sessionId}`, signal));
}

/** The messages before the one with this `seq`, oldest first. */
export function earlierMessages(sessionId: string, before: number, signal: AbortSignal): Promise<ChatMessagePage> {
  return json(get(`${SESSIONS}/${sessionId}/messages?limit=50&before=${before}`, signal));
}

/** Sends a message; the answer comes as events in the body. */
export function sendMessage(sessionId: string, message: NewMessage, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  return events(post(`${SESSIONS}/${sessionId}/messages`, message, signal, 'text/event-stream'));
}

/** The session's events after the one with this `seq`, and those to come. */
export function openStream(sessionId: string, after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  return events(get(`${SESSIONS}/${sessionId}/stream?after=${after}`, signal, 'text/event-stream'));
}

export async function stopAnswer(sessionId: string, signal: AbortSignal): Promise<void> {
  await checked(post(`${SESSIONS}/${sessionId}/stop`, {}, signal));
}

/** The customer's own tap: only this makes a booking of a time that is held. */
export async function confirmBooking(sessionId: string, bookingId: string, signal: AbortSignal): Promise<void> {
  await checked(post(`${SESSIONS}/${sessionId}/bookings/${bookingId}/confirmation`, {}, signal));
}

export async function cancelBooking(sessionId: string, bookingId: string, signal: AbortSignal): Promise<void> {
  await checked(post(`${SESSIONS}/${sessionId}/bookings/${bookingId}/cancellation`, {}, signal));
}

/** No message for thirty days, or none at all any more. */
export async function wishContact(sessionId: string, wish: 'pause' | 'opt-out', signal: AbortSignal): Promise<void> {
  await checked(post(`${SESSIONS}/${sessionId}/${wish}`, {}, signal));
}

/** The appointment as a file for the customer's own calendar. */
export function calendarUrl(sessionId: string, bookingId: string): string {
  return `${SESSIONS}/${sessionId}/bookings/${bookingId}/calendar`;
}

function get(url: string, signal: AbortSignal, accept = 'application/json'): Promise<Response> {
  return fetch(url, { signal, cache: 'no-store', headers: { Accept: accept } });
}

function post(url: string, body: unknown, signal: AbortSignal, accept = 'application/json'): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    signal,
    headers: { 'Content-Type': 'application/json', Accept: accept },
    body: JSON.stringify(body),
  });
}

async function checked(request: Promise<Response>): Promise<Response> {
  const response = await request;
  if (!response.ok) {
    const conflict = response.status === 409 ? ((await response.json().catch(() => null)) as Conflict | null) : null;
    void response.body?.cancel().catch(() => {});
    const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
    throw new ApiError(response.status, Number.isFinite(seconds) ? seconds * 1000 : null, conflict ?? {});
  }
  return response;
}

async function json<T>(request: Promise<Response>): Promise<T> {
  return (await (await checked(request)).json()) as T;
}

async function events(request: Promise<Response>): Promise<ReadableStream<Uint8Array>> {
  const { body } = await checked(request);
  if (!body) {
    throw new Error('The answer has no body.');
  }
  return body;
}
