/** The little Markdown an assistant uses in a chat: paragraphs, lists, bold, italic, links to safe places. */
export type Block = { kind: 'paragraph'; lines: Inline[][] } | { kind: 'list'; ordered: boolean; start: number; items: Inline[][] };

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong' | 'em'; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] };

const BULLET = /^\s{0,6}[-*•]\s+(.*)$/;
const NUMBERED = /^\s{0,6}(\d{1,3})[.)]\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/;
/** Bounded, so that a text full of open marks cannot make the search long. */
const LINK_OR_MARK =
  /\[([^[\]\n]{1,300})\]\(([^()\s]{1,500})\)|(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\3|(?<![\w*])([*_])(?=[^\s*_])(.{1,500}?)(?<=\S)\5(?![\w*])/g;
/** Bold in italic in bold is as deep as it goes. */
const DEEPEST = 3;

/** Reads a text that may still be growing: what is not closed yet stays as it is written. */
export function parseMarkdown(text: string, host: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;

  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') {
      open = null;
      continue;
    }
    const next: Block = readLine(line, host);
    if (next.kind === 'list' && open?.kind === 'list' && open.ordered === next.ordered) {
      open.items.push(...next.items);
    } else if (next.kind === 'paragraph' && open?.kind === 'paragraph') {
      open.lines.push(...next.lines);
    } else {
      blocks.push((open = next));
    }
  }
  return blocks;
}

/** The same text without its marks, for reading aloud. */
export function plainText(text: string, host: string): string {
  const words = (nodes: Inline[]): string => nodes.map((node) => (node.kind === 'text' ? node.text : words(node.children))).join('');
  return parseMarkdown(text, host)
    .map((block) => (block.kind === 'list' ? block.items : block.lines).map(words).join('\n'))
    .join('\n');
}

function readLine(line: string, host: string): Block {
  const bullet = BULLET.exec(line);
  if (bullet) {
    return { kind: 'list', ordered: false, start: 1, items: [parseInline(bullet[1] ?? '', host)] };
  }
  const numbered = NUMBERED.exec(line);
  if (numbered) {
    return { kind: 'list', ordered: true, start: Number(numbered[1]), items: [parseInline(numbered[2] ?? '', host)] };
  }
  const heading = HEADING.exec(line);
  const inline = parseInline(heading?.[1] ?? line, host);
  return { kind: 'paragraph', lines: [heading ? [{ kind: 'strong', children: inline }] : inline] };
}

function parseInline(text: string, host: string, depth = 0): Inline[] {
  const nodes: Inline[] = [];
  let end = 0;
  for (const found of depth < DEEPEST ? text.matchAll(LINK_OR_MARK) : []) {
    const [whole, label, target, , bold, , italic] = found;
    addText(nodes, text.slice(end, found.index));
    end = found.index + whole.length;

    if (label === undefined || target === undefined) {
      nodes.push({ kind: bold === undefined ? 'em' : 'strong', children: parseInline(bold ?? italic ?? '', host, depth + 1) });
      continue;
    }
    const href = safeHref(target, host);
    if (href) {
      nodes.push({ kind: 'link', href, children: [{ kind: 'text', text: label }] });
    } else {
      addText(nodes, whole);
    }
  }
  addText(nodes, text.slice(end));
  return nodes;
}

function addText(nodes: Inline[], text: string): void {
  const last = nodes.at(-1);
  if (last?.kind === 'text') {
    last.text += text;
  } else if (text !== '') {
    nodes.push({ kind: 'text', text });
  }
}

/** Only a place a customer can trust: this very host, a phone, an address. Anything else stays plain text. */
function safeHref(target: string, host: string): string | null {
  if (/^tel:\+?[\d().-]+$/.test(target) || /^mailto:[^\s@?]+@[^\s@?]+$/.test(target)) {
    return target;
  }
  try {
    const url = new URL(target, `https://${host}`);
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.host === host ? target : null;
  } catch {
    return null;
  }
}
