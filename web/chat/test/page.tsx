import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { App } from '../src/App';
import { ChatClient } from '../src/chatClient';
import type { ChatEvent, ChatMessage } from '../src/wire';
import { FakeServer, message, settle, type FakeStream } from './fakeServer';

/** The server of the test that runs. */
export let server: FakeServer;

/** Before each test: an own server, no memory of another, and time that moves only when told. */
export function useFreshPage(): void {
  beforeEach(() => {
    // The day of the messages: on any other day the page would show a date above them.
    vi.useFakeTimers({ now: new Date('2026-11-23T16:05:00Z') });
    sessionStorage.clear();
    localStorage.clear();
    server = new FakeServer();
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });
}

export async function open(code: string | null = 'secret'): Promise<void> {
  render(<App client={new ChatClient(code)} />);
  await pass();
}

export const pass = (ms = 50) => act(() => settle(ms));
export const field = () => screen.getByRole('textbox', { name: 'Your message' }) as HTMLTextAreaElement;
export const sendButton = () => screen.getByRole('button', { name: 'Send' }) as HTMLButtonElement;
export const conversation = () => within(screen.getByRole('region', { name: 'Conversation' }));
export const log = () => screen.getByRole('log');

export async function write(text: string): Promise<void> {
  fireEvent.change(field(), { target: { value: text } });
  fireEvent.keyDown(field(), { key: 'Enter' });
  await pass();
}

/** The stored form of the last message that was posted. */
export function stored(seq: number, id = 'q'): ChatMessage {
  const { clientMessageId, content } = server.callsTo('/messages', 'POST').at(-1)?.body as { clientMessageId: string; content: string };
  return message({ id, seq, role: 'customer', content, clientMessageId });
}

export async function tell(stream: FakeStream | undefined, ...events: ChatEvent[]): Promise<void> {
  events.forEach((event) => stream?.event(event));
  await pass();
}
