/** The text of an answer that arrives in pieces, each with its place in the session's order. */
export interface AnswerText {
  /** What the reader sees. */
  readonly shown: string;
  /** What the history held when the page was opened in mid-answer; replaced once the pieces have caught up. */
  readonly stored: string;
  readonly pieces: readonly Piece[];
  /** The pieces as one text. */
  readonly joined: string;
  /** Pieces up to here are void. */
  readonly restartedAt: number;
}

interface Piece {
  readonly seq: number;
  readonly text: string;
}

const emptyText: AnswerText = { shown: '', stored: '', pieces: [], joined: '', restartedAt: 0 };

/** A text known as a whole, or as far as it was stored. */
export function storedText(content: string): AnswerText {
  return { ...emptyText, shown: content, stored: content };
}

/** Adds a piece at its place; one that is here already, or was voided, changes nothing. */
export function withPiece(text: AnswerText, seq: number, piece: string): AnswerText {
  if (seq <= text.restartedAt) {
    return text;
  }
  const added = { seq, text: piece };
  if (seq > (text.pieces.at(-1)?.seq ?? 0)) {
    return show(text, [...text.pieces, added], text.joined + piece);
  }
  return text.pieces.some((p) => p.seq === seq) ? text : rejoin(text, [...text.pieces, added].sort((a, b) => a.seq - b.seq));
}

/** The model began again: what it had said before does not count. */
export function withRestart(text: AnswerText, seq: number): AnswerText {
  if (seq <= text.restartedAt) {
    return text;
  }
  return rejoin({ ...text, stored: '', restartedAt: seq }, text.pieces.filter((p) => p.seq > seq));
}

function rejoin(text: AnswerText, pieces: readonly Piece[]): AnswerText {
  return show(text, pieces, pieces.map((p) => p.text).join(''));
}

/**
 * While a reload in mid-answer is being replayed, the replay is a beginning of what was already stored;
 * showing the longer of the two keeps the text from shrinking before the reader's eyes.
 */
function show(text: AnswerText, pieces: readonly Piece[], joined: string): AnswerText {
  return { ...text, pieces, joined, shown: joined.length >= text.stored.length ? joined : text.stored };
}
