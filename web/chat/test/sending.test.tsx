import { cleanup, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { created, mode } from './events';
import { FakeStream, json, offline } from './fakeServer';
import { conversation, field, open, pass, sendButton, server, stored, tell, write, useFreshPage } from './page';

useFreshPage();

describe('the wish for fewer messages', () => {
  it('is told to the server by a tap', async () => {
    await open();
    fireEvent.click(screen.getByText('Fewer messages from the shop'));
    fireEvent.click(screen.getByRole('button', { name: 'Pause for 30 days' }));
    await pass();
    fireEvent.click(screen.getByRole('button', { name: 'Stop all messages' }));
    await pass();
    expect(server.callsTo('/pause', 'POST')).toHaveLength(1);
    expect(server.callsTo('/opt-out', 'POST')).toHaveLength(1);
    expect(screen.queryByRole('alert')).toBeNull();
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
