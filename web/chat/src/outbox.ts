/** What the customer has written and the server has not confirmed; it survives a reload of this tab. */
interface Unsent {
  readonly draft: string;
  readonly messages: readonly { readonly clientMessageId: string; readonly content: string }[];
}

const NOTHING: Unsent = { draft: '', messages: [] };

export function loadUnsent(sessionId: string): Unsent {
  try {
    return { ...NOTHING, ...(JSON.parse(sessionStorage.getItem(key(sessionId)) ?? '{}') as Partial<Unsent>) };
  } catch {
    return NOTHING;
  }
}

export function saveUnsent(sessionId: string, unsent: Unsent): void {
  try {
    if (unsent.draft === '' && unsent.messages.length === 0) {
      sessionStorage.removeItem(key(sessionId));
    } else {
      sessionStorage.setItem(key(sessionId), JSON.stringify(unsent));
    }
  } catch {
    // Storage can be switched off or full; the page works without it.
  }
}

function key(sessionId: string): string {
  return `unsent:${sessionId}`;
}
