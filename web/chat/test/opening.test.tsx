import { cleanup, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { codeOf } from '../src/opening';
import { FakeStream, json, message, offline, session, SESSION_ID } from './fakeServer';
import { conversation, field, open, pass, server, useFreshPage } from './page';

const OTHER_ID = '01999999-0000-7000-8000-000000000002';

useFreshPage();

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

  it('says neither open nor closed while the hours of the shop are not known', async () => {
    server.onExchange = () => json(201, session({ location: { ...session().location, openNow: null } }));
    await open();
    expect(screen.getByText('AI assistant')).toBeTruthy();
    expect(screen.queryByText(/open now|closed now/i)).toBeNull();
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

  it('says when the earlier part could not be had', async () => {
    server.onExchange = () => json(201, session({ messages: [message({ id: 'x', seq: 9, content: 'Newest' })] }));
    server.onHistory = offline;
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Earlier messages' }));
    await pass();
    expect(conversation().getByRole('alert').textContent).toMatch(/did not get through/);
  });

  it.each([401, 404, 410])('shows one neutral page for a code that is answered %i', async (status) => {
    server.onExchange = () => json(status, {});
    await open();
    expect(screen.getByRole('heading').textContent).toBe("This link doesn't work any more");
    expect(screen.getByText(/reply to the message you got/)).toBeTruthy();
    expect(screen.queryByText(/Acme/)).toBeNull();
  });

  it('uses the session of the browser when the code fails', async () => {
    server.onExchange = () => json(410, {});
    server.onCurrent = () => json(200, session());
    await open();
    expect(field()).toBeTruthy();
  });

  it('leads back to its own conversation when the code fails, whoever has used the browser since', async () => {
    await open('mine');
    cleanup();
    server.onExchange = () => json(201, session({ sessionId: OTHER_ID, customer: { firstName: 'Bob' } }));
    await open('theirs');
    cleanup();
    server.onExchange = () => json(410, {});
    server.onCurrent = () => json(200, session({ sessionId: OTHER_ID, customer: { firstName: 'Bob' } }));
    await open('mine');
    expect(field()).toBeTruthy();
    expect(server.callsTo('/current')).toHaveLength(0);
    expect(server.calls.filter((call) => call.url === `/api/chat/sessions/${SESSION_ID}`)).toHaveLength(1);
    expect(server.callsTo(`/${SESSION_ID}/stream`)).toHaveLength(2);
  });

  it('does not lead into somebody else’s conversation when its own is over', async () => {
    await open('mine');
    cleanup();
    server.onExchange = () => json(201, session({ sessionId: OTHER_ID }));
    await open('theirs');
    cleanup();
    server.onExchange = () => json(410, {});
    server.onCurrent = () => json(200, session({ sessionId: OTHER_ID }));
    server.onSession = () => json(404, {});
    await open('mine');
    expect(screen.getByRole('heading').textContent).toBe("This link doesn't work any more");
    cleanup();
    await open('a third one');
    expect(screen.getByRole('heading').textContent).toBe("This link doesn't work any more");
    expect(server.callsTo('/current')).toHaveLength(0);
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

  it('opens the session again as often as its stream has delivered in between', async () => {
    await open();
    for (const words of ['While you were away.', 'And again.']) {
      server.onStream = () => json(401, {});
      server.onExchange = () => {
        server.onStream = () => (server.live.push(new FakeStream()), server.live.at(-1)!);
        return json(201, session({ messages: [message({ id: words, seq: 4, role: 'staff', content: words })] }));
      };
      server.live.at(-1)?.cut();
      await pass(1000);
      expect(conversation().getByText(words)).toBeTruthy();
      server.live.at(-1)?.write(':\n\n');
      await pass();
    }
  });

  it('ends a try that is never answered', async () => {
    const ended: AbortSignal[] = [];
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => (ended.push(init.signal!), fetch(url, init)));
    server.onExchange = () => 'never';
    await open();
    await pass(20_000);
    expect(ended[0]?.aborted).toBe(true);
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
