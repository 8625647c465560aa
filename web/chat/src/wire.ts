import type { components } from '@lead-orchestrator/api/chat';

type Schemas = components['schemas'];

/** The generated type, with the words of the contract where the document only says "string". */
type Narrow<T, Words> = Omit<Required<T>, keyof Words> & Words;

export type ChatMode = 'ai' | 'human' | 'closed';
export type NewMessage = Required<Schemas['NewMessage']>;
export type ChatLocation = Required<Schemas['ChatSession']['location']>;

export type ChatMessage = Narrow<
  Schemas['ChatMessage'],
  {
    role: 'customer' | 'assistant' | 'staff' | 'system';
    channel: 'chat' | 'sms' | 'email';
    status: 'streaming' | 'complete' | 'interrupted' | 'failed' | 'superseded';
  }
>;

export type ChatBooking = Narrow<Schemas['ChatBooking'], { status: 'held' | 'confirmed' | 'cancelled' | 'completed' | 'no_show'; expiresAt: string | null; replacesId: string | null }>;

export type ChatSession = Narrow<
  Schemas['ChatSession'],
  { location: ChatLocation; customer: Required<Schemas['ChatSession']['customer']>; messages: ChatMessage[]; mode: ChatMode; bookings: ChatBooking[]; language: string | null }
>;

export interface ChatMessagePage {
  items: ChatMessage[];
  /** Null when nothing lies further back. */
  nextCursor: string | null;
}

/** What each named event of the stream carries. */
interface EventData {
  'message.created': ChatMessage;
  'answer.started': Schemas['AnswerStarted'];
  'answer.delta': Schemas['AnswerDelta'];
  /** The assistant looks something up, or has done so. */
  'answer.tool': { messageId: string; name: string; state: string };
  'answer.restarted': Schemas['AnswerRestarted'];
  'answer.completed': Schemas['AnswerCompleted'];
  'answer.interrupted': Schemas['AnswerInterrupted'];
  'answer.failed': Schemas['AnswerFailed'];
  'mode.changed': { mode: ChatMode };
  'booking.held': Schemas['BookingHeld'];
  'booking.changed': Schemas['BookingChanged'];
}

type EventName = keyof EventData;

/** One frame of a stream; `seq` is its place in the session's order. */
export type ChatEvent = { [Name in EventName]: { name: Name; seq: number; data: EventData[Name] } }[EventName];

const EVENT_NAMES: Record<EventName, true> = {
  'message.created': true,
  'answer.started': true,
  'answer.delta': true,
  'answer.tool': true,
  'answer.restarted': true,
  'answer.completed': true,
  'answer.interrupted': true,
  'answer.failed': true,
  'mode.changed': true,
  'booking.held': true,
  'booking.changed': true,
};

/** The `seq` of a frame's `id: {messageId}:{seq}`; null when the frame has none. */
export function seqOf(frameId: string | undefined): number | null {
  const seq = Number.parseInt(frameId?.slice(frameId.lastIndexOf(':') + 1) ?? '', 10);
  return Number.isFinite(seq) ? seq : null;
}

/** Reads a frame; null for a kind this page does not know, which newer servers may send. */
export function readEvent(frame: { event?: string | undefined; id?: string | undefined; data: string }): ChatEvent | null {
  const seq = seqOf(frame.id);
  if (seq === null || frame.event === undefined || !Object.hasOwn(EVENT_NAMES, frame.event)) {
    return null;
  }
  try {
    const data: unknown = JSON.parse(frame.data);
    return typeof data === 'object' && data !== null ? ({ name: frame.event, seq, data } as ChatEvent) : null;
  } catch {
    return null;
  }
}
