import { describe, expect, it } from 'vitest';
import { voicesOf } from './voices.ts';

function kinds(...texts: string[]): string[] {
  return voicesOf({
    reviews: texts.map((text, row) => ({ row, text })),
    clauses: texts.map((text, review) => ({ review, text })),
    themeOf: texts.map(() => -1),
    themes: [],
  }).map(({ kind }) => kind);
}

describe('voices', () => {
  it.each([
    ['request', 'It would be great if it had a timer'],
    ['request', '建议增加夜宵'],
    ['question', 'How do I export my data?'],
    ['question', '怎么联系客服?'],
    ['farewell', "I won't be coming back"],
    ['farewell', '再也不点了'],
  ])('%s: %s', (kind, text) => {
    expect(kinds(text)).toEqual([kind]);
  });

  it('rivals are named by two reviews at least', () => {
    expect(kinds('I switched to Notion', 'Cheaper than Notion')).toContain('rival');
    expect(kinds('better than Bob')).not.toContain('rival');
    expect(kinds('还不如肯德基', '比肯德基还贵')).toContain('rival');
  });

  it.each(['Very tasty', '再也不用担心了', '味道不错', 'I never said that'])('%s is none', (text) => {
    expect(kinds(text)).toEqual([]);
  });
});
