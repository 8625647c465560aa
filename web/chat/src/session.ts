import type { ChatBooking, ChatEvent, ChatLocation, ChatMessage, ChatMessagePage, ChatMode, ChatSession } from './wire';
import { texts } from './texts';
import { storedText, withPiece, withRestart, type AnswerText } from './answerText';

/** Why a message did not leave; each has its own sentence on the page. */
export type SendFailure = 'network' | 'busy' | 'refused';

type Delivery = { state: 'sending' } | { state: 'sent' } | { state: 'failed'; failure: SendFailure };

/** A message as the page shows it. */
export interface ShownMessage {
  /** Stable over its life on the page: our own id before the server has given one. */
  readonly key: string;
  readonly id: string | null;
  /** Place in the history; null until the server has stored it. */
  readonly seq: number | null;
  readonly role: ChatMessage['role'];
  readonly channel: ChatMessage['channel'];
  readonly status: ChatMessage['status'];
  readonly createdAt: string;
  readonly text: AnswerText;
  readonly delivery: Delivery;
  /** The tool the assistant is using at this moment, by its name. */
  readonly tool: { readonly name: string; readonly seq: number } | null;
}

/** A message that finished while the page was open, to be read aloud once. */
export interface Announcement {
  readonly id: string;
  readonly role: ChatMessage['role'];
  readonly text: string;
  readonly failed: boolean;
}

export interface SessionState {
  readonly sessionId: string;
  readonly location: ChatLocation;
  readonly firstName: string | null;
  readonly mode: ChatMode;
  readonly modeSeq: number;
  readonly messages: readonly ShownMessage[];
  /** What is held for the customer, and their appointments, in the order of time. */
  readonly bookings: readonly ChatBooking[];
  /** The history goes further back than what is shown. */
  readonly hasEarlier: boolean;
  /** A question was stored and its answer has not begun. */
  readonly awaitingAnswer: boolean;
  readonly announcements: readonly Announcement[];
}

export type SessionAction =
  /** `modeSeq`: the page's own when it was asked for; without one it is the newest of all. */
  | { type: 'session'; session: ChatSession; modeSeq?: number | undefined }
  | { type: 'hold.ended'; bookingId: string }
  | { type: 'earlier'; page: ChatMessagePage }
  | { type: 'event'; event: ChatEvent; at: string }
  | { type: 'sending'; clientMessageId: string; content: string; at: string }
  | { type: 'send.failed'; clientMessageId: string; failure: SendFailure }
  | { type: 'send.ended' };

/** The first event of a session. */
const FIRST_SEQ = 1;
const ANNOUNCEMENTS_KEPT = 3;
const SENT: Delivery = { state: 'sent' };

export function openSession(session: ChatSession): SessionState {
  return {
    sessionId: session.sessionId,
    location: session.location,
    firstName: session.customer.firstName,
    mode: session.mode,
    modeSeq: 0,
    messages: session.messages.map(fromHistory).sort(bySeq),
    bookings: session.bookings,
    hasEarlier: session.messages.length > 0 && session.messages.every((m) => m.seq > FIRST_SEQ),
    awaitingAnswer: false,
    announcements: [],
  };
}

/**
 * Everything the page knows follows from the session it opened and these actions. The same frame may come over
 * several streams, early, late or twice; the outcome is the same.
 */
export function reduce(state: SessionState, action: SessionAction): SessionState {
  switch (action.type) {
    case 'session':
      return mergeSession(state, action.session, action.modeSeq);
    case 'hold.ended':
      return { ...state, bookings: state.bookings.filter((b) => b.bookingId !== action.bookingId || b.status !== 'held') };
    case 'earlier':
      return { ...mergeMessages(state, action.page.items), hasEarlier: action.page.nextCursor !== null };
    case 'sending':
      return startSending(state, action);
    case 'send.failed':
      return mapMessage(state, (m) => m.key === action.clientMessageId && m.id === null, (m) => ({
        ...m,
        delivery: { state: 'failed', failure: action.failure },
      }));
    case 'send.ended':
      // One that was lost before its first word is asked for once more.
      return state.awaitingAnswer && !isUnsaid(state.messages.findLast((m) => m.role !== 'system')) ? { ...state, awaitingAnswer: false } : state;
    case 'event':
      return applyEvent(state, action.event, action.at);
  }
}

/** Codes are kept only as a hash: the stored text of an SMS has a mark where the link was. */
export function readable({ channel, text }: ShownMessage): string {
  return channel === 'chat' ? text.shown : text.shown.replaceAll('{link}', texts.linkHere);
}

/** Where a stream must begin so that nothing the history left open is missed. */
export function resumePoint(session: ChatSession): number {
  const open = session.messages.filter((m) => m.status === 'streaming').map((m) => m.seq);
  const all = session.messages.map((m) => m.seq);
  return open.length > 0 ? Math.min(...open) : Math.max(0, ...all);
}

export function answerInProgress(state: SessionState): ShownMessage | undefined {
  return state.messages.findLast((m) => m.status === 'streaming');
}

function applyEvent(state: SessionState, event: ChatEvent, at: string): SessionState {
  switch (event.name) {
    case 'message.created':
      return created(state, event.data);
    case 'mode.changed':
      return event.seq <= state.modeSeq
        ? state
        : { ...state, mode: event.data.mode, modeSeq: event.seq, awaitingAnswer: false };
    case 'answer.started':
      return { ...placeAnswer(state, event.data.messageId, event.seq, at), awaitingAnswer: false };
    case 'answer.delta':
      return onAnswer(state, event, at, (m) => ({ ...m, tool: null, text: withPiece(m.text, event.seq, event.data.text) }));
    case 'answer.tool':
      return onAnswer(state, event, at, (m) => withTool(m, event.seq, event.data.name, event.data.state));
    case 'answer.restarted':
      return onAnswer(state, event, at, (m) => ({ ...m, tool: null, text: withRestart(m.text, event.seq) }));
    case 'answer.completed':
      return finish(state, event, at, 'complete', storedText(event.data.content));
    case 'answer.interrupted':
      return event.data.reason === 'superseded'
        ? finish(state, event, at, 'superseded', storedText(''))
        : interrupted(finish(state, event, at, 'interrupted'), event.data);
    case 'answer.failed':
      return finish(state, event, at, 'failed');
    case 'booking.held':
    case 'booking.changed':
      // What it means depends on the server's time and on what came after: the session is read again instead.
      return state;
  }
}

type AnswerEvent = Exclude<ChatEvent, { name: 'message.created' | 'mode.changed' | 'booking.held' | 'booking.changed' }>;

/**
 * A change to an answer whose last word is not yet known. A complete one stays as it is; one that ended early
 * still takes pieces that come late over another stream.
 */
function onAnswer(state: SessionState, event: AnswerEvent, at: string, change: (m: ShownMessage) => ShownMessage): SessionState {
  const { messageId } = event.data;
  const known = state.messages.some((m) => m.id === messageId);
  return mapMessage(
    known ? state : placeAnswer(state, messageId, event.seq, at),
    (m) => m.id === messageId && m.status !== 'complete' && m.status !== 'superseded',
    change,
  );
}

/** Without a text, what was said so far stays. */
function finish(state: SessionState, event: AnswerEvent, at: string, status: ShownMessage['status'], text?: AnswerText): SessionState {
  const wasOpen = state.messages.every((m) => m.id !== event.data.messageId || m.status === 'streaming');
  const next = onAnswer(state, event, at, (m) => ({ ...m, status, tool: null, text: text ?? m.text }));
  const message = next.messages.find((m) => m.id === event.data.messageId);
  if (status === 'superseded') {
    return { ...next, awaitingAnswer: true };
  }
  if (!wasOpen || !message) {
    return next;
  }
  const ended = { ...next, awaitingAnswer: false };
  return isUnsaid(message) ? ended : announce(ended, message);
}

/** An answer whose process was lost before its first word is asked for once more by the server. Once. */
function interrupted(state: SessionState, { messageId, reason }: { messageId: string; reason: string }): SessionState {
  const at = state.messages.findIndex((m) => m.id === messageId);
  const before = state.messages.slice(0, at).findLast((m) => m.role === 'customer' || isUnsaid(m));
  const isAskedAgain = reason === 'owner_lost' && state.mode === 'ai' && isUnsaid(state.messages[at]) && at === state.messages.length - 1 && !isUnsaid(before);
  return isAskedAgain ? { ...state, awaitingAnswer: true } : state;
}

/** It ended before its first word: there is nothing to show. */
export function isUnsaid(message: ShownMessage | undefined): boolean {
  return message !== undefined && message.status === 'interrupted' && message.text.shown === '';
}

/** While people answer: has one written since they took over? Only the assistant's last words tell when that was on a page that was opened later. */
export function personIsHere({ messages, modeSeq }: SessionState): boolean {
  const took = Math.max(modeSeq, messages.findLast((m) => m.role === 'assistant' && m.channel === 'chat')?.seq ?? 0);
  return messages.some((m) => m.role === 'staff' && (m.seq ?? 0) > took);
}

/**
 * The answer at its place in the history; a frame may arrive before the one that began it. Until the server tells its
 * time it has that of the message before it: this device's clock may be another, and would date answers before questions.
 */
function placeAnswer(state: SessionState, id: string, seq: number, at: string): SessionState {
  const known = state.messages.find((m) => m.id === id);
  if (known) {
    return known.seq !== null && known.seq <= seq ? state : mapMessage(state, (m) => m.id === id, (m) => ({ ...m, seq }));
  }
  const before = state.messages.findLast((m) => m.seq !== null && m.seq < seq);
  const answer: ShownMessage = {
    key: id,
    id,
    seq,
    role: 'assistant',
    channel: 'chat',
    status: 'streaming',
    createdAt: before?.createdAt ?? at,
    text: storedText(''),
    delivery: SENT,
    tool: null,
  };
  return { ...state, messages: [...state.messages, answer].sort(bySeq) };
}

function withTool(message: ShownMessage, seq: number, name: string, toolState: string): ShownMessage {
  if (message.status !== 'streaming' || (message.tool !== null && message.tool.seq >= seq)) {
    return message;
  }
  const running = toolState === 'started' || toolState === 'running';
  return { ...message, tool: running ? { name, seq } : null };
}

function created(state: SessionState, message: ChatMessage): SessionState {
  const own = state.messages.find((m) => m.id === null && isSameMessage(m, message));
  const known = state.messages.some((m) => m.id === message.id);

  if (known) {
    // The same message came from the history and from our own outbox.
    return own ? { ...state, messages: state.messages.filter((m) => m !== own) } : state;
  }
  if (own) {
    const stored: ShownMessage = { ...fromHistory(message), key: own.key };
    const messages = state.messages.map((m) => (m === own ? stored : m)).sort(bySeq);
    return { ...state, messages, awaitingAnswer: state.mode === 'ai' };
  }
  const shown = fromHistory(message);
  const next = { ...state, messages: [...state.messages, shown].sort(bySeq) };
  return shown.role === 'customer' || shown.status === 'streaming' ? next : announce(next, shown);
}

/** By our own id; servers that do not repeat it are matched by what was said. */
function isSameMessage(own: ShownMessage, stored: ChatMessage): boolean {
  return stored.clientMessageId
    ? stored.clientMessageId === own.key
    : stored.role === 'customer' && stored.channel === 'chat' && stored.content === own.text.shown;
}

function startSending(state: SessionState, { clientMessageId, content, at }: Extract<SessionAction, { type: 'sending' }>): SessionState {
  const delivery: Delivery = { state: 'sending' };
  if (state.messages.some((m) => m.key === clientMessageId)) {
    return mapMessage(state, (m) => m.key === clientMessageId && m.id === null, (m) => ({ ...m, delivery }));
  }
  const message: ShownMessage = {
    key: clientMessageId,
    id: null,
    seq: null,
    role: 'customer',
    channel: 'chat',
    status: 'complete',
    createdAt: at,
    text: storedText(content),
    delivery,
    tool: null,
  };
  return { ...state, messages: [...state.messages, message] };
}

/** Takes in a newer picture of the whole session without losing what is only on this page. */
function mergeSession(state: SessionState, session: ChatSession, modeSeq = state.modeSeq): SessionState {
  const { location, customer, bookings } = session;
  // Who answers may have changed while this picture was on its way.
  const mode = state.modeSeq > modeSeq ? state.mode : session.mode;
  return { ...mergeMessages(state, session.messages), location, mode, bookings, firstName: customer.firstName };
}

function mergeMessages(state: SessionState, stored: readonly ChatMessage[]): SessionState {
  const messages = new Map(state.messages.map((m) => [m.id ?? m.key, m]));
  for (const message of stored) {
    const known = messages.get(message.id);
    if (!known) {
      messages.set(message.id, fromHistory(message));
    } else if (known.status === 'streaming' && message.status !== 'streaming') {
      messages.set(message.id, { ...fromHistory(message), key: known.key });
    }
  }
  return { ...state, messages: [...messages.values()].sort(bySeq) };
}

function fromHistory(message: ChatMessage): ShownMessage {
  return {
    key: message.id,
    id: message.id,
    seq: message.seq,
    role: message.role,
    channel: message.channel,
    status: message.status,
    createdAt: message.createdAt,
    text: storedText(message.pictures === null ? message.content : `${message.content}\n${texts.picture}`.trim()),
    delivery: SENT,
    tool: null,
  };
}

function announce(state: SessionState, message: ShownMessage): SessionState {
  const announcement: Announcement = {
    id: message.key,
    role: message.role,
    text: readable(message),
    failed: message.status === 'failed',
  };
  return { ...state, announcements: [...state.announcements, announcement].slice(-ANNOUNCEMENTS_KEPT) };
}

function mapMessage(state: SessionState, which: (m: ShownMessage) => boolean, change: (m: ShownMessage) => ShownMessage): SessionState {
  if (!state.messages.some(which)) {
    return state;
  }
  return { ...state, messages: state.messages.map((m) => (which(m) ? change(m) : m)).sort(bySeq) };
}

/** History order; what the server has not stored yet comes last, in the order of writing. */
function bySeq(a: ShownMessage, b: ShownMessage): number {
  return (a.seq ?? Number.MAX_SAFE_INTEGER) - (b.seq ?? Number.MAX_SAFE_INTEGER);
}
