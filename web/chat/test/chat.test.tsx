import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../src/App';
import { ChatClient } from '../src/chatClient';
import { codeOf } from '../src/opening';
import type { ChatEvent, ChatMessage } from '../src/wire';
import { completed, created, delta, failed, interrupted, mode, started } from './events';
import { FakeServer, FakeStream, json, message, offline, session, SESSION_ID, settle } from './fakeServer';

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  server = new FakeServer();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

async function open(code: string | null = 'secret'): Promise<void> {
  render(<App client={new ChatClient(code)} />);
  await pass();
}

const pass = (ms = 50) => act(() => settle(ms));
const field = () => screen.getByRole('textbox', { name: 'Your message' }) as HTMLTextAreaElement;
const sendButton = () => screen.getByRole('button', { name: 'Send' }) as HTMLButtonElement;
const conversation = () => within(screen.getByRole('region', { name: 'Conversation' }));
const log = () => screen.getByRole('log');

async function write(text: string): Promise<void> {
  fireEvent.change(field(), { target: { value: text } });
  fireEvent.keyDown(field(), { key: 'Enter' });
  await pass();
}

/** The stored form of the last message that was posted. */
function stored(seq: number, id = 'q'): ChatMessage {
  const { clientMessageId, content } = server.callsTo('/messages', 'POST').at(-1)?.body as { clientMessageId: string; content: string };
  return message({ id, seq, role: 'customer', content, clientMessageId });
}

async function tell(stream: FakeStream | undefined, ...events: ChatEvent[]): Promise<void> {
  events.forEach((event) => stream?.event(event));
  await pass();
}

describe('opening', () => {
  it('exchanges the code of the link and shows shop, history and how to reach a person', async () => {
    server.onExchange = () => json(201, session({ messages: [message({ id: 'a', seq: 1, channel: 'sms', content: 'Hi Anna, chat here: {link}' })] }));
    await open();
    expect(server.calls[0]).toMatchObject({ method: 'POST', url: '/api/chat/sessions', body: { code: 'secret' } });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Acme Tint Austin');
    expect(document.title).toBe('Acme Tint Austin');
    expect(screen.getByText('Open now')).toBeTruthy();
    expect(conversation().getByText(/AI assistant of Acme Tint Austin/)).toBeTruthy();
    expect(conversation().getByRole('link', { name: '(512) 555-0123' }).getAttribute('href')).toBe('tel:+15125550123');
    expect(screen.getByRole('link', { name: 'Call a person: (512) 555-0123' })).toBeTruthy();
    expect(conversation().getByText('Hi Anna, chat here: (link to this chat)')).toBeTruthy();
  });

  it('follows the session live from where the history ends', async () => {
    server.onExchange = () => json(201, session({ messages: [message({ id: 'a', seq: 7 })] }));
    await open();
    expect(server.callsTo('/stream')[0]?.url).toBe(`/api/chat/sessions/${SESSION_ID}/stream?after=7`);
  });

  it('loads the earlier part of a long history when asked to', async () => {
    server.onExchange = () => json(201, session({ messages: [message({ id: 'x', seq: 9, content: 'Newest' })] }));
    server.onHistory = () => json(200, { items: [message({ id: 'w', seq: 1, content: 'Oldest' })], nextCursor: null });
    await open();
    const button = screen.getByRole('button', { name: 'Earlier messages' });
    button.focus();
    fireEvent.click(button);
    await pass();
    expect(server.callsTo('/messages')[0]?.url).toBe(`/api/chat/sessions/${SESSION_ID}/messages?limit=50&before=9`);
    expect(conversation().getAllByRole('listitem').map((item) => item.textContent)).toEqual([
      expect.stringContaining('Oldest'),
      expect.stringContaining('Newest'),
    ]);
    expect(screen.queryByRole('button', { name: 'Earlier messages' })).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Conversation' }));
  });

  it.each([401, 404, 410])('shows one neutral page for a code that is answered %i', async (status) => {
    server.onExchange = () => json(status, {});
    await open();
    expect(screen.getByRole('heading').textContent).toBe("This link doesn't work any more");
    expect(screen.getByText(/reply to the text message/)).toBeTruthy();
    expect(screen.queryByText(/Acme/)).toBeNull();
  });

  it('uses the session of the browser when the code fails', async () => {
    server.onExchange = () => json(410, {});
    server.onCurrent = () => json(200, session());
    await open();
    expect(field()).toBeTruthy();
  });

  it('keeps trying while the network is away, and at once when asked to', async () => {
    server.onExchange = offline;
    await open();
    expect(screen.getByRole('heading').textContent).toBe('No connection');
    await pass(30_000);
    const tries = server.calls.length;
    expect(tries).toBeGreaterThan(3);
    server.onExchange = () => json(201, session());
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    await pass();
    expect(server.callsTo('/sessions', 'POST')).toHaveLength(tries + 1);
    expect(field()).toBeTruthy();
  });

  it('keeps trying while the server is too busy', async () => {
    server.onExchange = () => json(503, {});
    await open();
    server.onExchange = () => json(201, session());
    await pass(1000);
    expect(field()).toBeTruthy();
  });

  it('shows the dead page when a link is revoked under an open page', async () => {
    await open();
    server.onStream = () => json(401, {});
    server.onExchange = () => json(404, {});
    server.live[0]?.cut();
    await pass(1000);
    expect(screen.getByRole('heading').textContent).toBe("This link doesn't work any more");
  });

  it('opens the session again with the code when only the cookie ran out', async () => {
    await open();
    server.onStream = () => json(401, {});
    server.onExchange = () => {
      server.onStream = () => new FakeStream();
      return json(201, session({ messages: [message({ id: 's', seq: 4, role: 'staff', content: 'While you were away.' })] }));
    };
    server.live[0]?.cut();
    await pass(1000);
    expect(conversation().getByText('While you were away.')).toBeTruthy();
  });
});

describe('the composer', () => {
  it('sends with Enter, clears, and keeps the focus', async () => {
    await open();
    await write('  How much?  ');
    expect(server.callsTo('/messages', 'POST')[0]?.body).toMatchObject({ content: 'How much?' });
    expect(conversation().getByText('How much?')).toBeTruthy();
    expect(conversation().getByText('Sending…')).toBeTruthy();
    expect(field().value).toBe('');
    expect(document.activeElement).toBe(field());
  });

  it('makes a new line with Shift+Enter and accepts letters being composed', async () => {
    await open();
    fireEvent.change(field(), { target: { value: 'One' } });
    expect(fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true })).toBe(true);
    fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
    await pass();
    expect(server.callsTo('/messages', 'POST')).toHaveLength(0);
  });

  it('sends nothing that is empty or too long, and counts near the end', async () => {
    await open();
    expect(sendButton().disabled).toBe(true);
    await write(' \n ');
    expect(screen.queryByText(/characters/)).toBeNull();
    fireEvent.change(field(), { target: { value: 'x'.repeat(3900) } });
    expect(screen.getByText('100 characters left')).toBeTruthy();
    expect(sendButton().disabled).toBe(false);
    await write('x'.repeat(4001));
    expect(screen.getByText('1 character too many')).toBeTruthy();
    expect(sendButton().disabled).toBe(true);
    expect(server.callsTo('/messages', 'POST')).toHaveLength(0);
  });

  it('is put away when the conversation is closed', async () => {
    await open();
    await tell(server.live[0], mode(1, 'closed'));
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(screen.getByText(/This conversation is closed/)).toBeTruthy();
  });

  it('says when a person answers', async () => {
    await open();
    await tell(server.live[0], mode(1, 'human'));
    expect(screen.getAllByText('A person from Acme Tint Austin is answering you here.').length).toBeGreaterThan(0);
    expect(screen.queryByText('AI assistant')).toBeNull();
  });
});

describe('sending', () => {
  it('tries again by itself, then offers to, always with the same clientMessageId', async () => {
    await open();
    server.onSend = offline;
    await write('How much?');
    await pass(10_000);
    expect(server.callsTo('/messages', 'POST')).toHaveLength(3);
    expect(conversation().getByRole('alert').textContent).toBe('Not sent.');

    server.onSend = () => (server.posts.push(new FakeStream()), server.posts[0]!);
    fireEvent.click(conversation().getByRole('button', { name: 'Try again' }));
    await pass();
    await tell(server.posts[0], created(stored(1)));
    const ids = server.callsTo('/messages', 'POST').map((call) => (call.body as { clientMessageId: string }).clientMessageId);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(conversation().getAllByText('How much?')).toHaveLength(1);
    expect(conversation().queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('does not repeat what the server refused', async () => {
    await open();
    server.onSend = () => json(400, {});
    await write('How much?');
    await pass(10_000);
    expect(server.callsTo('/messages', 'POST')).toHaveLength(1);
    expect(conversation().getByText('This message could not be sent.')).toBeTruthy();
  });

  it('asks for patience when there were too many messages', async () => {
    await open();
    server.onSend = () => json(429, {}, { 'Retry-After': '30' });
    await write('How much?');
    expect(conversation().getByText('Too many messages at once. Please wait a moment.')).toBeTruthy();
  });

  it('posts again when the line was cut before the message was confirmed', async () => {
    await open();
    await write('How much?');
    server.posts[0]?.cut();
    await pass(1000);
    expect(server.posts).toHaveLength(2);
    await tell(server.posts[1], created(stored(1)));
    expect(conversation().queryByText('Sending…')).toBeNull();
  });

  it('does not post again when only the answer was cut', async () => {
    await open();
    await write('How much?');
    await tell(server.posts[0], created(stored(1)));
    server.posts[0]?.cut();
    await pass(10_000);
    expect(server.posts).toHaveLength(1);
  });

  it('sends one message after the other, so that the history has them in order', async () => {
    await open();
    await write('First');
    await write('Second');
    expect(server.posts).toHaveLength(1);
    await tell(server.posts[0], created(stored(1)));
    expect(server.callsTo('/messages', 'POST').map((call) => (call.body as { content: string }).content)).toEqual(['First', 'Second']);
  });

  it('keeps an unconfirmed message and the draft through a reload', async () => {
    await open();
    server.onSend = () => 'never';
    await write('How much?');
    fireEvent.change(field(), { target: { value: 'And whe' } });
    const before = server.callsTo('/messages', 'POST')[0]?.body;
    cleanup();

    await open();
    expect(field().value).toBe('And whe');
    expect(server.callsTo('/messages', 'POST').at(-1)?.body).toEqual(before);
    expect(conversation().getAllByText('How much?')).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('appears word by word, over whichever stream is first, without a repeat', async () => {
    await open();
    await write('How much?');
    const begun = [created(stored(1)), started(2)];
    await tell(server.posts[0], ...begun, delta(3, 'Tint '));
    await tell(server.live[0], ...begun, delta(3, 'Tint '), delta(4, 'costs '));
    await tell(server.posts[0], delta(4, 'costs '), delta(5, '**$499**.'));
    expect(conversation().getByText('$499').parentElement?.textContent).toBe('Tint costs $499.');
  });

  it('goes on with no gap and no repeat when its line is cut', async () => {
    await open();
    await tell(server.live[0], started(1), delta(2, 'Tint '));
    server.live[0]?.cut();
    await pass(1000);
    expect(server.callsTo('/stream').at(-1)?.url).toMatch(/after=2$/);
    await tell(server.live[1], delta(3, 'costs $499.'));
    expect(conversation().getByText('Tint costs $499.')).toBeTruthy();
  });

  it('keeps its place through a reload', async () => {
    const half = message({ id: 'a', seq: 2, status: 'streaming', content: 'Tint costs' });
    server.onExchange = () => json(201, session({ messages: [message({ id: 'q', seq: 1, role: 'customer', content: 'How much?' }), half] }));
    await open();
    expect(conversation().getByText('Tint costs')).toBeTruthy();
    expect(server.callsTo('/stream')[0]?.url).toMatch(/after=2$/);
    await tell(server.live[0], delta(3, 'Tint '), delta(4, 'costs '), delta(5, '$499.'));
    await tell(server.live[0], completed(6, 'Tint costs $499.'));
    expect(conversation().getByText('Tint costs $499.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Stop answering' })).toBeNull();
  });

  it('is announced once when it is finished, and not word by word', async () => {
    await open();
    await tell(server.live[0], started(1), delta(2, 'Tint '), delta(3, 'costs '));
    expect(log().textContent).toBe('');
    expect(screen.getByText('The assistant is writing')).toBeTruthy();
    const end = completed(4, 'Tint costs $499.');
    await tell(server.live[0], end, end);
    expect(log().textContent).toBe('Assistant: Tint costs $499.');
    expect(log().getAttribute('aria-live')).toBe('polite');
    expect(screen.getByRole('region', { name: 'Conversation' }).closest('[aria-live]')).toBeNull();
  });

  it('can be stopped, and gives the focus back to the field', async () => {
    await open();
    await tell(server.live[0], started(1), delta(2, 'Tint'));
    const stop = screen.getByRole('button', { name: 'Stop answering' });
    stop.focus();
    fireEvent.click(stop);
    await pass();
    expect(server.callsTo('/stop', 'POST')[0]).toMatchObject({ url: `/api/chat/sessions/${SESSION_ID}/stop`, body: {} });
    await tell(server.live[0], interrupted(3));
    expect(screen.queryByRole('button', { name: 'Stop answering' })).toBeNull();
    expect(conversation().getByText(/The answer ended here/)).toBeTruthy();
    expect(document.activeElement).toBe(field());
  });

  it('that fails says so and what to do', async () => {
    await open();
    await tell(server.live[0], started(1));
    await tell(server.live[0], failed(2));
    expect(conversation().getByText(/could not answer this/)).toBeTruthy();
  });

  it('cannot bring markup or a foreign link into the page', async () => {
    await open();
    const content = '<img src=x onerror=alert(1)> [here](https://evil.example) [call](tel:+15125550123)';
    await tell(server.live[0], completed(2, content));
    expect(document.querySelector('img')).toBeNull();
    expect(conversation().queryByRole('link', { name: 'here' })).toBeNull();
    expect(conversation().getByRole('link', { name: 'call' }).getAttribute('href')).toBe('tel:+15125550123');
  });

  it('that was superseded before it said anything is not shown', async () => {
    server.onExchange = () => json(201, session({ messages: [message({ id: 'a', seq: 1, status: 'superseded' })] }));
    await open();
    expect(conversation().queryAllByRole('listitem')).toHaveLength(0);
  });
});

it('The lost connection is told, and that it is back', async () => {
  await open();
  server.onStream = offline;
  server.live[0]?.cut();
  await pass(3000);
  expect(screen.getByText('Connection lost. Trying again…')).toBeTruthy();
  server.onStream = () => new FakeStream();
  window.dispatchEvent(new Event('online'));
  await pass();
  expect(screen.queryByText('Connection lost. Trying again…')).toBeNull();
});

it('The code is the end of the path', () => {
  expect(codeOf('/c/kR3-x_9')).toBe('kR3-x_9');
  expect(codeOf('/c/kR3/')).toBe('kR3');
  expect(codeOf('/chat/')).toBeNull();
  expect(codeOf('/c/')).toBeNull();
});
