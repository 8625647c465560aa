/** How long a request may take to be answered. */
export const ANSWER_MS = 20_000;

/** Rejects when the work takes longer; the work itself is not stopped by this. */
export function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Nothing came in time.')), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A request with its deadline: it is over with that, and when the signal fires. */
export async function inTime<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const request = new AbortController();
  const end = () => request.abort(signal.reason);
  signal.addEventListener('abort', end);
  try {
    return await withDeadline(work(request.signal), ANSWER_MS);
  } finally {
    signal.removeEventListener('abort', end);
    request.abort();
  }
}
