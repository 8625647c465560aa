import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoff } from '../src/backoff';
import { LiveStream } from '../src/liveStream';
import type { ChatEvent } from '../src/wire';
import { delta } from './events';
import { FakeServer, FakeStream, json, offline, SESSION_ID, settle } from './fakeServer';

let server: FakeServer;
let live: LiveStream;
let events: ChatEvent[];
let connected: boolean[];
let gone: number;

function start(after = 3): void {
  live = new LiveStream({
    sessionId: SESSION_ID,
    after,
    onEvent: (event) => events.push(event),
    onConnection: (now) => connected.push(now),
    onGone: () => (gone += 1),
  });
  live.start();
}

function visibility(state: 'visible' | 'hidden'): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
  document.dispatchEvent(new Event('visibilitychange'));
}

const starts = () => server.callsTo('/stream').map((call) => call.url.slice(call.url.indexOf('?')));

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1);
  server = new FakeServer();
  events = [];
  connected = [];
  gone = 0;
});

afterEach(() => {
  live?.stop();
  vi.useRealTimers();
});

describe('the live stream', () => {
  it('goes on after the last frame it saw when the line is cut', async () => {
    start(3);
    await settle();
    server.live[0]?.event(delta(4, 'x'));
    server.live[0]?.event(delta(5, 'x'));
    await settle();
    server.live[0]?.cut();
    await settle(500);
    expect(starts()).toEqual(['?after=3', '?after=5']);
    expect(events.map((e) => e.seq)).toEqual([4, 5]);
  });

  it('counts frames of kinds it does not know, so as not to ask for them again', async () => {
    start(3);
    await settle();
    server.live[0]?.write('event: something.new\nid: a:9\ndata: {}\n\n');
    await settle();
    server.live[0]?.cut();
    await settle(500);
    expect(starts().at(-1)).toBe('?after=9');
  });

  it('waits longer after each failure, up to 15 seconds', async () => {
    server.onStream = offline;
    start();
    const waits = [500, 1000, 2000, 4000, 8000, 15_000, 15_000];
    await settle(0);
    for (const [index, wait] of waits.entries()) {
      await settle(wait - 1);
      expect(starts()).toHaveLength(index + 1);
      await settle(1);
      expect(starts()).toHaveLength(index + 2);
    }
  });

  it('says that the connection is lost only when coming back does not work', async () => {
    start();
    await settle();
    server.onStream = offline;
    server.live[0]?.cut();
    await settle(100);
    expect(connected).toEqual([true]);
    await settle(500);
    expect(connected).toEqual([true, false]);
  });

  it('does not hammer a server that answers and ends at once', async () => {
    server.onStream = () => {
      const stream = new FakeStream();
      queueMicrotask(() => stream.end());
      return stream;
    };
    start();
    await settle(10_000);
    expect(starts().length).toBeLessThan(7);
  });

  it('comes back when the server asks it to, after the time it named', async () => {
    start();
    await settle();
    server.live[0]?.write('event: reconnect\nretry: 2000\ndata: {}\n\n');
    server.live[0]?.end();
    await settle(1900);
    expect(starts()).toHaveLength(1);
    await settle(100);
    expect(starts()).toHaveLength(2);
    expect(connected).toEqual([true, true]);
  });

  it('waits as long as Retry-After says', async () => {
    server.onStream = () => json(503, {}, { 'Retry-After': '7' });
    start();
    await settle(6900);
    expect(starts()).toHaveLength(1);
    await settle(100);
    expect(starts()).toHaveLength(2);
  });

  it('reconnects at once when the network is back', async () => {
    server.onStream = offline;
    start();
    await settle(3000);
    const before = starts().length;
    window.dispatchEvent(new Event('online'));
    await settle(0);
    expect(starts()).toHaveLength(before + 1);
  });

  it('replaces a line that may have died when the network changes', async () => {
    start();
    await settle();
    window.dispatchEvent(new Event('online'));
    await settle(0);
    expect(server.live).toHaveLength(2);
    expect(server.live[0]?.cancelled).toBe(true);
  });

  it('is given back by a page left in the background and taken up when it is looked at', async () => {
    start(3);
    await settle();
    server.live[0]?.event(delta(4, 'x'));
    await settle();
    visibility('hidden');
    await settle(60_000);
    expect(server.live.at(-1)?.cancelled).toBe(true);
    const before = starts().length;
    await settle(60_000);
    expect(starts()).toHaveLength(before);
    visibility('visible');
    await settle(0);
    expect(starts()).toHaveLength(before + 1);
    expect(starts().at(-1)).toBe('?after=4');
  });

  it('stays through a short look at another tab', async () => {
    start();
    await settle();
    visibility('hidden');
    await settle(5000);
    visibility('visible');
    await settle(60_000 - 5000 - 25_000);
    expect(starts()).toHaveLength(1);
  });

  it('does not trust a line that was silent while the phone slept', async () => {
    start();
    await settle();
    visibility('hidden');
    await settle(30_000);
    visibility('visible');
    await settle(0);
    expect(starts()).toHaveLength(2);
  });

  it('does not trust a line after a sleep in which the steady clock stood still', async () => {
    start();
    await settle();
    vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    visibility('hidden');
    vi.setSystemTime(Date.now() + 30_000);
    visibility('visible');
    await settle(0);
    expect(starts()).toHaveLength(2);
  });

  it('gives up a connection that is never answered and tries again', async () => {
    server.onStream = () => 'never';
    start();
    await settle(20_500);
    expect(starts()).toHaveLength(2);
  });

  it.each([401, 404, 410])('ends when the session is no longer ours (%i)', async (status) => {
    server.onStream = () => json(status, {});
    start();
    await settle(60_000);
    expect(gone).toBe(1);
    expect(starts()).toHaveLength(1);
  });

  it('is silent after it was stopped', async () => {
    start();
    await settle();
    live.stop();
    window.dispatchEvent(new Event('online'));
    await settle(60_000);
    expect(starts()).toHaveLength(1);
    expect(server.live[0]?.cancelled).toBe(true);
  });
});

it('A wait is between half of its length and the whole', () => {
  expect(backoff(1, () => 0)).toBe(250);
  expect(backoff(1, () => 1)).toBe(500);
  expect(backoff(30, () => 0)).toBe(7500);
  expect(backoff(30, () => 1)).toBe(15_000);
});
