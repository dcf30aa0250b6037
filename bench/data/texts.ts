/**
 * Texts as long as one likes, in the manner of real ones: a chain of words in which each follows the last as often as
 * it does in the reviews and questions of ../shared/data. Repeating those texts would only show how fast a cache is.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Random } from '@gradus/base';

const DATA = new URL('../../../shared/data/', import.meta.url).pathname;
const EXAMPLE = new URL('../../examples/reviews/reviews.csv', import.meta.url).pathname;
const SOURCES = {
  zh: ['waimai_10k/waimai_10k.csv'],
  en: ['kim-cnn-text/rt-polarity.all', 'kim-cnn-text/subj.all', 'banking77/train.csv'],
};
const WORDS = 40;

/** Lines of about forty words, together of `bytes` bytes of UTF-8. */
export function makeTexts(language: keyof typeof SOURCES, bytes: number): string[] {
  const random = new Random(language);
  const paths = SOURCES[language].map((path) => DATA + path).filter(existsSync);
  const follow = new Map<string, string[]>();
  let before = '\n';
  for (const path of paths.length > 0 ? paths : [EXAMPLE]) {
    const segments = new Intl.Segmenter(language, { granularity: 'word' }).segment(
      readFileSync(path, 'utf8'),
    );
    for (const { segment } of segments) {
      const list = follow.get(before);
      if (list) list.push(segment);
      else follow.set(before, [segment]);
      before = segment;
    }
  }
  const texts: string[] = [];
  let word = '\n';
  for (let size = 0; size < bytes; size += Buffer.byteLength(texts.at(-1)!)) {
    let text = '';
    for (let i = 0; i < 2 * WORDS; i++) {
      const list = follow.get(word) ?? follow.get('\n')!;
      word = list[random.below(list.length)]!;
      text += word;
    }
    // As a string of its own, like one that was read, not the sum of its words.
    texts.push(Buffer.from(text).toString());
  }
  return texts;
}
