import { cleanup, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { created, delta, mode, started } from './events';
import { FakeStream, json, message, offline, session } from './fakeServer';
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

  it('is confirmed beside the button, which keeps the focus', async () => {
    await open();
    fireEvent.click(screen.getByText('Fewer messages from the shop'));
    const button = screen.getByRole('button', { name: 'Stop all messages' });
    button.focus();
    fireEvent.click(button);
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await pass();
    expect(screen.getAllByRole('status').map((line) => line.textContent)).toContain('Done. You get no more texts or emails. You can still write here.');
    expect(document.activeElement).toBe(button);
  });

  it('says when it did not get through, an answer that never comes included', async () => {
    server.onWish = () => 'never';
    await open();
    fireEvent.click(screen.getByText('Fewer messages from the shop'));
    fireEvent.click(screen.getByRole('button', { name: 'Pause for 30 days' }));
    await pass(20_000);
    expect(screen.getByRole('alert').textContent).toMatch(/did not get through/);
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

  it('says that a person will answer, and when one does', async () => {
    await open();
    await tell(server.live[0], mode(1, 'human'));
    expect(screen.getAllByText('A person from Acme Tint Austin will answer you here.')).toHaveLength(2);
    await tell(server.live[0], created(message({ id: 's', seq: 2, role: 'staff', content: 'Mike here.' })));
    expect(screen.getAllByText('A person from Acme Tint Austin is answering you here.')).toHaveLength(2);
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
    expect(conversation().getByRole('alert').textContent).toMatch(/^Not sent yet\./);

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

  it('goes out by itself when the connection is back, once and in order', async () => {
    await open();
    server.onSend = offline;
    await write('First');
    await write('Second');
    await pass(10_000);
    expect(conversation().getAllByText(/^Not sent yet/)).toHaveLength(2);
    server.onSend = () => (server.posts.push(new FakeStream()), server.posts.at(-1)!);
    window.dispatchEvent(new Event('online'));
    await pass();
    await tell(server.posts[0], created(stored(1)));
    await tell(server.posts[1], created(stored(2, 'q2')));
    expect(server.posts).toHaveLength(2);
    expect(conversation().queryByText(/^Not sent yet/)).toBeNull();
    expect(conversation().getAllByText(/^First|^Second/).map((text) => text.textContent)).toEqual(['First', 'Second']);
  });

  it('is not kept waiting by a dead line of a message that is stored', async () => {
    await open();
    server.onSend = () => 'never';
    await write('First');
    await write('Second');
    expect(server.callsTo('/messages', 'POST')).toHaveLength(1);
    await tell(server.live[0], created(stored(1)));
    expect(server.callsTo('/messages', 'POST').map((call) => (call.body as { content: string }).content)).toEqual(['First', 'Second']);
  });

  it('leaves lines free: of a burst only the newest answer is read twice', async () => {
    await open();
    for (const [index, text] of ['One', 'Two', 'Three'].entries()) {
      await write(text);
      await tell(server.posts[index], created(stored(index + 1, `q${index}`)));
    }
    expect(server.posts.map((post) => post.cancelled)).toEqual([true, true, false]);
    await tell(server.live[0], started(4), delta(5, 'All three.'));
    expect(conversation().getByText('All three.')).toBeTruthy();
  });

  it('reads every answer on while there is no other line', async () => {
    server.onStream = offline;
    await open();
    for (const [index, text] of ['One', 'Two'].entries()) {
      await write(text);
      await tell(server.posts[index], created(stored(index + 1, `q${index}`)));
    }
    expect(server.posts.map((post) => post.cancelled)).toEqual([false, false]);
  });

  it('goes on when the cookie had run out and the link opens the session again', async () => {
    await open();
    server.onSend = () => json(401, {});
    server.onExchange = () => {
      server.onSend = () => (server.posts.push(new FakeStream()), server.posts.at(-1)!);
      return json(201, session());
    };
    await write('How much?');
    await tell(server.posts[0], created(stored(1)));
    expect(server.callsTo('/messages', 'POST')).toHaveLength(2);
    expect(conversation().queryByRole('alert')).toBeNull();
  });

  it('dates a message by the clock of the server', async () => {
    vi.setSystemTime('2019-05-05T12:00:00Z');
    server.onExchange = () => json(201, session({ messages: [message({ id: 'a', seq: 1, content: 'Hi' })] }));
    await open();
    server.onSend = () => 'never';
    await write('How much?');
    expect(conversation().queryByText('Today')).toBeNull();
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
