import { describe, expect, it } from 'vitest';
import { chineseTaggedWords, englishTaggedWords } from './tagged-words.ts';

describe('tagged words', () => {
  it('are whole words of Chinese, with what they are', () => {
    expect(chineseTaggedWords('送餐员态度差，性价比高').map(({ word, tag }) => [word, tag])).toEqual([
      ['送餐员', 'noun'],
      ['态度', 'noun'],
      ['差', 'adjective'],
      ['性价比', 'noun'],
      ['高', 'adjective'],
    ]);
    const text = '我们点了 2 份Pizza!';
    for (const { word, at } of chineseTaggedWords(text))
      expect(text.toLowerCase().slice(at, at + word.length)).toBe(word);
  });

  it('are English words with their lemma: the cut is not cute', () => {
    const lemmas = englishTaggedWords('The cute boxes were cut and the batteries died').map(
      ({ lemma }) => lemma,
    );
    expect(lemmas).toEqual(['the', 'cute', 'box', 'be', 'cut', 'and', 'the', 'battery', 'die']);
  });
});
