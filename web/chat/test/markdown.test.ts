import { describe, expect, it } from 'vitest';
import { parseMarkdown, plainText } from '../src/markdown';

const parse = (text: string) => parseMarkdown(text, 'shop.example');
const inline = (text: string) => {
  const [block] = parse(text);
  return block?.kind === 'paragraph' ? block.lines[0] : undefined;
};
const text = (t: string) => ({ kind: 'text', text: t });

describe('the little Markdown', () => {
  it('keeps paragraphs and the breaks of lines', () => {
    expect(parse('One\nTwo\n\nThree')).toEqual([
      { kind: 'paragraph', lines: [[text('One')], [text('Two')]] },
      { kind: 'paragraph', lines: [[text('Three')]] },
    ]);
  });

  it('reads bold and italic, one inside the other', () => {
    expect(inline('It is **really *very* cool**!')).toEqual([
      text('It is '),
      { kind: 'strong', children: [text('really '), { kind: 'em', children: [text('very')] }, text(' cool')] },
      text('!'),
    ]);
  });

  it('leaves lone stars, snake_case and prices alone', () => {
    for (const plain of ['2 * 3 * 4', 'a_b_c and d_e', '$5* each, $6* both', '**not closed']) {
      expect(inline(plain)).toEqual([text(plain)]);
    }
  });

  it('gathers items into lists and keeps the first number', () => {
    expect(parse('We do:\n- Front\n* Rear\n\n2. Book\n3. Come')).toEqual([
      { kind: 'paragraph', lines: [[text('We do:')]] },
      { kind: 'list', ordered: false, start: 1, items: [[text('Front')], [text('Rear')]] },
      { kind: 'list', ordered: true, start: 2, items: [[text('Book')], [text('Come')]] },
    ]);
  });

  it('shows a heading as a bold line', () => {
    expect(inline('## Prices')).toEqual([{ kind: 'strong', children: [text('Prices')] }]);
  });

  it.each(['tel:+15125550123', 'mailto:hello@shop.example', 'https://shop.example/menu', '/menu'])('links to %s', (href) => {
    expect(inline(`[here](${href})`)).toEqual([{ kind: 'link', href, children: [text('here')] }]);
  });

  it.each([
    'https://evil.example/x',
    '//evil.example',
    'javascript:alert`1`',
    'data:text/html,x',
    'https://shop.example@evil.example/',
    'https://shop.example.evil.example/',
    'mailto:a@b.example?bcc=c@d.example',
    'tel:*21*555#',
    'vbscript:x',
    '\\\\evil.example',
  ])('shows %s as plain text', (href) => {
    expect(inline(`[here](${href})`)).toEqual([text(`[here](${href})`)]);
  });

  it('can be read aloud without its marks', () => {
    expect(plainText('## We do\n- **Front** [call](tel:+1)\n- Rear', 'shop.example')).toBe('We do\nFront call\nRear');
  });

  it('never makes markup of markup', () => {
    expect(inline('<img src=x onerror=alert(1)>')).toEqual([text('<img src=x onerror=alert(1)>')]);
  });

  it('reads a long hostile text in no time', () => {
    const begun = performance.now();
    parse('**'.repeat(20_000));
    parse('[a]('.repeat(10_000));
    parse('*a '.repeat(10_000));
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
