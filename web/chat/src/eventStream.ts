import { createParser } from 'eventsource-parser';
import { withDeadline } from './deadline';
import { readEvent, seqOf, type ChatEvent } from './wire';

/** The server sends a comment every 15 s; a line silent for longer than two of them is dead. */
export const SILENCE_MS = 40_000;

interface StreamReader {
  /** Something came, be it a comment: the line lives. */
  onBytes?(): void;
  onEvent(event: ChatEvent): void;
  /** Called with the place of each frame, of unknown kinds too, so that a resume does not ask for it again. */
  onSeq?(seq: number): void;
  /** The server is about to leave and says when to come back. */
  onReconnect?(afterMs: number): void;
}

/** Reads a response to its end. Rejects when the line is cut, falls silent, or the signal aborts. */
export async function readEvents(body: ReadableStream<Uint8Array>, signal: AbortSignal, reader: StreamReader): Promise<void> {
  let retryMs = 0;
  const parser = createParser({
    onEvent(frame) {
      const seq = seqOf(frame.id);
      const event = readEvent(frame);
      if (event) {
        reader.onEvent(event);
      }
      if (seq !== null) {
        reader.onSeq?.(seq);
      }
      if (frame.event === 'reconnect') {
        reader.onReconnect?.(retryMs);
      }
    },
    onRetry(ms) {
      retryMs = ms;
    },
  });

  const chunks = body.getReader();
  const decoder = new TextDecoder();
  const abort = () => void chunks.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', abort);
  try {
    for (;;) {
      const { done, value } = await withDeadline(chunks.read(), SILENCE_MS);
      if (signal.aborted) {
        throw signal.reason;
      }
      if (done) {
        return;
      }
      reader.onBytes?.();
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    signal.removeEventListener('abort', abort);
    void chunks.cancel().catch(() => {});
  }
}
