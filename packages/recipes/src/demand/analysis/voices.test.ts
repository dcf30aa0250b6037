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
    ['farewell', '以后肯定是不会在你家买了'],
    ['request', '如果送达准时些就好了'],
    ['request', 'A better design would be nice'],
    ['request', 'It needs to be bigger'],
    ['request', 'It needs to be fixed'],
    ['request', 'It would be great if it came in other colors'],
    ['request', 'I hope they will restock it'],
    ['request', '下次有优惠就好了，请不要再漏单'],
    ['farewell', 'Never buy from this shop'],
  ])('%s: %s', (kind, text) => {
    expect(kinds(text)).toEqual([kind]);
  });

  it('rivals are named by two reviews at least', () => {
    expect(kinds('I switched to Notion', 'Cheaper than Notion')).toContain('rival');
    expect(kinds('better than Bob')).not.toContain('rival');
    expect(kinds('还不如肯德基', '比肯德基还贵')).toContain('rival');
    expect(kinds('the ipod sounds better than this', 'i should have bought an ipod instead')).toContain(
      'rival',
    );
    expect(kinds('人家美团还有个回复', '比美团慢太多')).toContain('rival');
  });

  it.each([
    'Very tasty',
    '再也不用担心了',
    '味道不错',
    'I never said that',
    '希望一直这么给力',
    '下次还会再来!',
    '店家电话也永远不接',
    'I hope it doesn’t break',
    'You need to fetch it',
    '这都上班了,怎么吃?',
    'Did I mention the price?',
    'this film needs to be seen',
    'it needs to be worn with a belt',
    'sadly it needs to go back',
    'my children use it when they need to borrow one',
    'I wish I had bought it sooner',
    'it runs larger than it needs to be',
    'this would be great for a party',
    'I thought it would be great',
    'I hope they don’t wear out',
    'I hope I can get it to work',
    'I thought I could use it a bit roomier',
    '尺码按客服建议的',
    '下次有合适的再来',
    '希望看者都有同感',
    'I hope the quality will hold up',
    'I almost never buy anything full price here',
    'would never have bought it at full price',
    "don't buy this unless you are tall",
  ])('%s is none', (text) => {
    expect(kinds(text)).toEqual([]);
  });
});
