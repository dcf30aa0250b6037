import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { BPE, byteLevelPreTokenizer, Tokenizer as Peer } from 'tokenizers';
import { afterAll, describe, expect, it } from 'vitest';
import { Pattern } from '../pattern/pattern.ts';
import { GPT2_PATTERN } from '../pre-tokenizers.ts';
import { peerOf, texts } from '../testing/peer.ts';
import { Tokenizer } from '../tokenizer.ts';
import { readTexts } from './files.ts';
import { type TrainBpeProgress, trainBpe } from './train-bpe.ts';
import { WordCounts } from './word-counts.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-bpe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const merges = (tokenizer: Tokenizer) => (tokenizer.toJSON().model as { merges: [string, string][] }).merges;

/** What Hugging Face learns from a file; its package for Node trains to 30,000 tokens and gives no choice. */
function mergesOfPeer(path: string): string[][] {
  const peer = new Peer(BPE.empty());
  peer.setPreTokenizer(byteLevelPreTokenizer(false, true));
  peer.train([path]);
  const saved = join(folder, 'peer.json');
  peer.save(saved);
  const { model } = JSON.parse(readFileSync(saved, 'utf8'));
  return model.merges.map((merge: string | string[]) =>
    typeof merge === 'string' ? merge.split(' ') : merge,
  );
}

const LIKE_PEER = { minFrequency: 1, pattern: GPT2_PATTERN, specialTokens: [] };
const CORPUS = ['low lower lowest', 'newer newest wider', '很好吃 很好 好吃', 'lower newer 很好吃'].flatMap(
  (line) => Array.from({ length: 5 }, () => line),
);

describe('trainBpe', () => {
  it("learns Sennrich's merges: the most frequent pair first", async () => {
    const learnt = merges(await trainBpe(['aaabdaaabac'], LIKE_PEER));
    expect(learnt.slice(0, 2)).toEqual([
      ['a', 'a'],
      ['a', 'b'],
    ]);
  });
  it('learns what Hugging Face learns, ties included', async () => {
    const path = join(folder, 'random.txt');
    const random = new Random(1);
    const words = Array.from({ length: 300 }, () =>
      Array.from({ length: 1 + random.below(7) }, () => 'abc好吃é'[random.below(6)]).join(''),
    );
    const lines = Array.from({ length: 400 }, () =>
      Array.from({ length: 8 }, () => words[random.below(1 + random.below(words.length))]).join(' '),
    );
    writeFileSync(path, lines.join('\n'));
    const theirs = mergesOfPeer(path);
    const ours = merges(await trainBpe(readTexts([path]), { ...LIKE_PEER, size: 256 + theirs.length }));
    expect(ours).toEqual(theirs);
    expect(theirs.length).toBeGreaterThan(500);
  });
  const waimai = new URL('../../../../../../../shared/data/waimai_10k/waimai_10k.csv', import.meta.url)
    .pathname;
  it.skipIf(!existsSync(waimai))('and on real reviews (needs ../shared/data)', async () => {
    const theirs = mergesOfPeer(waimai);
    const ours = merges(await trainBpe(readTexts([waimai]), { ...LIKE_PEER, size: 256 + theirs.length }));
    expect(ours).toEqual(theirs);
    expect(theirs.length).toBeGreaterThan(29_000);
  });
  it('writes a file with which Hugging Face finds the same tokens', async () => {
    const tokenizer = await trainBpe(CORPUS, { size: 280 });
    const peer = peerOf(tokenizer.toJSON());
    for (const text of ['lower 很好吃!', 'a new  widest\n<|endoftext|>', ...fc.sample(texts, 100)])
      expect([...tokenizer.encode(text).ids]).toEqual((await peer.encode(text)).getIds());
    expect(tokenizer.size).toBe(280);
    expect(tokenizer.tokenOf(0)).toBe('<|endoftext|>');
  });
  it('decodes every text to itself, in any language', async () => {
    const tokenizer = new Tokenizer(JSON.parse(JSON.stringify(await trainBpe(CORPUS, { size: 300 }))));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text, { parseSpecial: false }).ids)).toBe(
          text.toWellFormed(),
        );
      }),
    );
    expect(tokenizer.encode('很好吃').ids.length).toBeLessThan(4);
  });
  it('reports progress, and stops when aborted', async () => {
    const seen: TrainBpeProgress[] = [];
    const random = new Random(2);
    const words = Array.from({ length: 2000 }, () => random.uint32().toString(26)).join(' ');
    await trainBpe([words.repeat(100)], { size: 400, progress: (state) => seen.push(state) });
    expect(seen[0]).toMatchObject({ phase: 'counting' });
    expect(seen.at(-1)).toMatchObject({ phase: 'merging', of: 400 });
    const controller = new AbortController();
    function* endless() {
      for (;;) yield 'an endless text '.repeat(10_000);
    }
    const training = trainBpe(endless(), {
      signal: controller.signal,
      progress: () => controller.abort(new Error('enough')),
    });
    await expect(training).rejects.toThrow('enough');
  });
  it('refuses what cannot be', async () => {
    await expect(trainBpe([])).rejects.toThrow(/no text/);
    await expect(trainBpe(['a'], { size: 10 })).rejects.toThrow(/expected 257/);
    await expect(trainBpe(['a'], { specialTokens: ['x', 'x'] })).rejects.toThrow(/differ/);
    await expect(trainBpe(readTexts([join(folder, 'none')]))).rejects.toThrow(/cannot be read/);
  });
});

describe('words are counted', () => {
  const pattern = () => new Pattern(GPT2_PATTERN);
  it('as they stand, more of them than the cache holds', () => {
    const counts = new WordCounts(pattern(), 1_000_000);
    const expected = new Map<string, number>();
    for (let i = 0; i < 100_000; i++) {
      const word = ` w${String.fromCharCode(97 + (i % 7))}${'abcdefghij'[i % 10]}${i % 3 === 0 ? i : ''}`;
      counts.add(word);
      for (const part of word.match(/ ?[a-z]+|\d+/g)!) expected.set(part, (expected.get(part) ?? 0) + 1);
    }
    expect(new Map(counts.sorted())).toEqual(expected);
  });
  it('in bounded memory: the rare are dropped, the frequent stay', () => {
    const counts = new WordCounts(pattern(), 1000);
    for (let i = 0; i < 200_000; i++)
      counts.add(i % 2 === 0 ? ' often' : ` ${i.toString(36).replaceAll(/\d/g, 'z')}`);
    const words = new Map(counts.sorted());
    expect(words.size).toBeLessThanOrEqual(1000);
    expect(words.get(' often')).toBe(100_000);
    expect(counts.dropped).toBeGreaterThan(1000);
  });
  it('also where a line has no end', async () => {
    const path = join(folder, 'long.txt');
    writeFileSync(path, `${'很好吃'.repeat(800_000)}\n${'word '.repeat(500_000)}`);
    let length = 0;
    for await (const text of readTexts([path])) {
      expect(text.length).toBeLessThan(1_400_000);
      length += text.length;
    }
    expect(length).toBe(2_400_000 + 1 + 2_500_000);
  });
});
