import type { ChatEvent, ChatMessage, ChatMode } from '../src/wire';

const usage = { provider: 'claude', model: 'm', inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, costMicros: 1 };

/** Frames about the answer `a`, in the service's words. */
export const started = (seq: number): ChatEvent => ({ name: 'answer.started', seq, data: { messageId: 'a', coversSeq: seq - 1 } });
export const delta = (seq: number, text: string): ChatEvent => ({ name: 'answer.delta', seq, data: { messageId: 'a', text } });
export const restarted = (seq: number): ChatEvent => ({ name: 'answer.restarted', seq, data: { messageId: 'a' } });
export const interrupted = (seq: number, reason = 'stopped'): ChatEvent => ({ name: 'answer.interrupted', seq, data: { messageId: 'a', reason } });
export const superseded = (seq: number): ChatEvent => ({ name: 'answer.interrupted', seq, data: { messageId: 'a', reason: 'superseded' } });
export const failed = (seq: number): ChatEvent => ({ name: 'answer.failed', seq, data: { messageId: 'a', code: 'provider_unavailable' } });
export const tool = (seq: number, state: string): ChatEvent => ({ name: 'answer.tool', seq, data: { messageId: 'a', name: 'get_prices', state } });
export const mode = (seq: number, to: ChatMode): ChatEvent => ({ name: 'mode.changed', seq, data: { mode: to } });
export const created = (message: ChatMessage): ChatEvent => ({ name: 'message.created', seq: message.seq, data: message });
export const completed = (seq: number, content: string): ChatEvent => ({
  name: 'answer.completed',
  seq,
  data: { messageId: 'a', content, finishReason: 'stop', usage },
});
