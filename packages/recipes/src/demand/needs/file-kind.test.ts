import { existsSync } from 'node:fs';
import { readTable } from '@gradus/data';
import { describe, expect, it } from 'vitest';
import { clausesOf } from '../clauses.ts';
import type { Review } from '../review.ts';
import { kindOfFile } from './file-kind.ts';

const reviewsOf = (texts: readonly string[], extra: Partial<Review> = {}): Review[] =>
  texts.map((text, i) => ({ row: i + 1, text, ...extra }));
const many = (...texts: string[]) => new Array(60).fill(0).flatMap((_, i) => texts.map((t) => `${t} ${i}`));
const shared = (path: string) => new URL(`../../../../../../shared/data/${path}`, import.meta.url).pathname;

describe('the kind of a file', () => {
  it('is asking where texts order or ask without a question mark, in either language', () => {
    const both = { asks: true, isWhole: true };
    expect(kindOfFile(reviewsOf(many('set an alarm for monday', 'what meetings do i have')))).toEqual(both);
    expect(kindOfFile(reviewsOf(many('播放周杰伦的歌', '明天北京的天气')))).toEqual(both);
  });

  it('is reviews where texts judge, however short', () => {
    const no = { asks: false, isWhole: false };
    expect(kindOfFile(reviewsOf(many('送餐太慢', '很好吃', '味道一般')))).toEqual(no);
    expect(kindOfFile(reviewsOf(many('Great taste', 'broke after a week')))).toEqual(no);
  });

  it('is reviews where people rate, whatever they write', () => {
    const texts = many('set an alarm for monday', 'what meetings do i have');
    expect(kindOfFile(reviewsOf(texts, { rating: 4 })).asks).toBe(false);
    expect(kindOfFile(reviewsOf(texts, { label: 1 })).asks).toBe(false);
    const asked = reviewsOf(new Array(60).fill(0).map((_, i) => `${i} days late, is this a joke?`));
    expect(kindOfFile(asked).asks).toBe(true);
    expect(kindOfFile(asked.map((review) => ({ ...review, rating: 2 }))).asks).toBe(false);
  });

  it('is not told of a few texts that judge little', () => {
    expect(kindOfFile(reviewsOf(many('add a dark mode').slice(0, 30))).asks).toBe(false);
  });

  it('takes long questions apart, though they ask', () => {
    const ticket =
      'I ordered it on Monday. It was sent on Friday. The box was open when it came. Where is it?';
    expect(kindOfFile(reviewsOf(many(ticket).map((text) => text.replace(/ \d+$/, ''))))).toEqual({
      asks: true,
      isWhole: false,
    });
  });
});

describe('clauses of a file whose texts are one thing said', () => {
  it('are the texts, but for long ones', () => {
    const text = 'i ordered a card, it has not arrived.';
    expect(clausesOf(text, true)).toEqual([text]);
    expect(clausesOf(text)).toHaveLength(2);
    const long = 'It came late, and nobody answers the phone. '.repeat(20);
    expect(clausesOf(long, true).length).toBeGreaterThan(1);
  });
});

const PUBLIC = { 'banking77/test.csv': true, 'waimai_10k/waimai_10k.csv': false } as const;
for (const [path, asks] of Object.entries(PUBLIC)) {
  it.skipIf(!existsSync(shared(path)))(
    `${path} is ${asks ? 'asking' : 'reviews'} (../shared/data)`,
    async () => {
      const { columns, rows } = await readTable(shared(path), { maxRows: 2000 });
      const at = Math.max(columns.indexOf('text'), columns.indexOf('review'));
      expect(kindOfFile(reviewsOf(rows.map((row) => row[at]!)))).toEqual({ asks, isWhole: asks });
    },
  );
}
