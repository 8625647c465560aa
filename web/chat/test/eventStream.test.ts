import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEvents, SILENCE_MS } from '../src/eventStream';
import { seqOf, type ChatEvent } from '../src/wire';
import { FakeStream, settle } from './fakeServer';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function read(stream: FakeStream, signal = new AbortController().signal) {
  const events: ChatEvent[] = [];
  const seqs: number[] = [];
  let reconnect: number | null = null;
  const end = readEvents(stream.body, signal, {
    onEvent: (event) => events.push(event),
    onSeq: (seq) => seqs.push(seq),
    onReconnect: (ms) => (reconnect = ms),
  }).then(
    () => 'ended',
    (error: unknown) => error,
  );
  return { events, seqs, end, reconnect: () => reconnect };
}

describe('a stream', () => {
  it('is read across any cut of its bytes, inside a letter too', async () => {
    const stream = new FakeStream();
    const reading = read(stream);
    const bytes = new TextEncoder().encode('event: answer.delta\nid: a:7\ndata: {"messageId":"a","text":"Straße 🚗"}\n\n');
    for (const byte of bytes) {
      stream.bytes(Uint8Array.of(byte));
    }
    stream.end();
    expect(await reading.end).toBe('ended');
    expect(reading.events).toEqual([{ name: 'answer.delta', seq: 7, data: { messageId: 'a', text: 'Straße 🚗' } }]);
  });

  it('passes over comments, unknown events and broken data, and keeps its place', async () => {
    const stream = new FakeStream();
    const reading = read(stream);
    stream.write(': still here\n\nevent: weather.changed\nid: a:8\ndata: {}\n\nevent: answer.delta\nid: a:9\ndata: {"mess\n\nevent: toString\nid: a:10\ndata: {}\n\n');
    stream.end();
    await reading.end;
    expect(reading.events).toEqual([]);
    expect(reading.seqs).toEqual([8, 9, 10]);
  });

  it('hears that the server is about to leave', async () => {
    const stream = new FakeStream();
    const reading = read(stream);
    stream.write('event: reconnect\nretry: 500\ndata: {}\n\n');
    stream.end();
    await reading.end;
    expect(reading.reconnect()).toBe(500);
  });

  it('is given up when it falls silent, and not before', async () => {
    const stream = new FakeStream();
    const reading = read(stream);
    const ended = vi.fn();
    void reading.end.then(ended);
    await settle(SILENCE_MS - 1000);
    stream.write(': still here\n\n');
    await settle(SILENCE_MS - 1000);
    expect(ended).not.toHaveBeenCalled();
    await settle(1000);
    expect(ended).toHaveBeenCalledWith(expect.any(Error));
    expect(stream.cancelled).toBe(true);
  });

  it('is let go when the page no longer wants it', async () => {
    const stream = new FakeStream();
    const control = new AbortController();
    const reading = read(stream, control.signal);
    control.abort();
    expect(await reading.end).toBeInstanceOf(Error);
    expect(stream.cancelled).toBe(true);
  });
});

it('A frame id ends with its place in the session', () => {
  expect(seqOf('01999999-0000-7000-8000-000000000001:42')).toBe(42);
  expect(seqOf('')).toBeNull();
  expect(seqOf(undefined)).toBeNull();
});
