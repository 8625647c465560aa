/**
 * Which session each link has opened in this browser. A link that has run out leads back to its own conversation, and never
 * into the one of somebody else who has used this browser since.
 */
const KEY = 'opened';

export function rememberOpened(code: string, sessionId: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...opened(), [fingerprint(code)]: sessionId }));
  } catch {
    // Storage can be switched off or full; the page works without it.
  }
}

/** The session that this link has opened here; undefined when it has opened none. */
export function openedBy(code: string): string | undefined {
  return opened()[fingerprint(code)];
}

/** Have links opened more than one session here? Then nobody can say whose the browser's newest one is. */
export function hasOpenedSeveral(): boolean {
  return new Set(Object.values(opened())).size > 1;
}

function opened(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

// FNV-1a, 32 bits: enough to tell a browser's few links apart, and far too little to make a link of it.
function fingerprint(code: string): string {
  let hash = 0x811c9dc5;
  for (const character of code) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
