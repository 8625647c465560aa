import { ApiError, currentSession, exchangeCode, readSession } from './api';
import { backoff, pause } from './backoff';
import { inTime } from './deadline';
import { hasOpenedSeveral, openedBy, rememberOpened } from './opened';
import type { ChatSession } from './wire';

export interface Opening {
  /** The code at the end of the link; null when there is none. */
  code: string | null;
  signal: AbortSignal;
  /** The server cannot be reached, or is busy; the next try comes by itself, or when the signal given here fires. */
  onTrouble(): AbortSignal;
}

/**
 * The session behind the link, however long the network takes. Null when the link is wrong, expired or revoked and
 * this browser holds no session either.
 */
export async function openChat({ code, signal, onTrouble }: Opening): Promise<ChatSession | null> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await inTime(signal, (request) => sessionOf(code, request));
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      if (error instanceof ApiError && error.isFinal) {
        return null;
      }
      const asked = error instanceof ApiError ? error.retryAfterMs : null;
      await pause(asked ?? backoff(failures), onTrouble());
      signal.throwIfAborted();
    }
  }
}

async function sessionOf(code: string | null, signal: AbortSignal): Promise<ChatSession> {
  if (code === null) {
    return currentSession(signal);
  }
  try {
    const session = await exchangeCode(code, signal);
    rememberOpened(code, session.sessionId);
    return session;
  } catch (error) {
    if (!(error instanceof ApiError && error.isFinal)) {
      throw error;
    }
    const own = openedBy(code);
    if (own === undefined && hasOpenedSeveral()) {
      throw error;
    }
    return own === undefined ? currentSession(signal) : readSession(own, signal);
  }
}

/** The code of a link such as `/c/kR3…`. */
export function codeOf(path: string): string | null {
  return /^\/c\/([^/]+)\/?$/.exec(path)?.[1] ?? null;
}
