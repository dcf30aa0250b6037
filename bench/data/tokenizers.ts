/**
 * Megabytes of text a second to tokens, on one thread, in turns with peers from npm that read the same vocabulary
 * (GPT-4's cl100k): Hugging Face's tokenizers (Rust, native), tiktoken (Rust, WebAssembly). Time is the processor's, and
 * the median of the turns counts: the machine is shared. And training: a byte-level BPE on the same texts, beside Hugging Face's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GPT2_PATTERN, readTexts, Tokenizer, trainBpe } from '@gradus/data';
import { tokenizerFromRanks } from '../../packages/data/src/text/tokenizers/testing/ranks.ts';
import type { Measurement } from '../measurement.ts';
import { makeTexts } from './texts.ts';

const MEGABYTES = 50;
/** Each side takes this many texts before it is the other's turn. */
const TURN = 4000;
const TRAINING_MEGABYTES = 10;

const require = createRequire(new URL('../../packages/data/package.json', import.meta.url));
type Side = (texts: readonly string[]) => number | Promise<number>;

export async function* tokenizing(): AsyncGenerator<Measurement> {
  // Hugging Face's side is to keep to one thread.
  process.env.TOKENIZERS_PARALLELISM = 'false';
  process.env.RAYON_NUM_THREADS = '1';
  const ranks = require('tiktoken/encoders/cl100k_base.json');
  const file = tokenizerFromRanks(ranks);
  const peers = { 'tokenizers (Rust)': huggingFace(file), 'tiktoken (wasm)': tiktoken(ranks) };
  for (const [language, name] of [
    ['en', 'English'],
    ['zh', 'Chinese'],
  ] as const) {
    const texts = makeTexts(language, MEGABYTES * 1e6);
    const own = new Tokenizer(file);
    const sides: Side[] = [
      (turn) => turn.reduce((sum, text) => sum + own.encode(text).ids.length, 0),
      ...Object.values(peers),
    ];
    const rates = sides.map((): number[] => []);
    const tokens = sides.map(() => 0);
    for (let at = 0; at < texts.length; at += TURN) {
      const turn = texts.slice(at, at + TURN);
      const bytes = turn.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      for (const [i, side] of sides.entries()) {
        const before = process.cpuUsage();
        tokens[i]! += await side(turn);
        const { user, system } = process.cpuUsage(before);
        rates[i]!.push(bytes / (user + system));
      }
    }
    if (tokens.some((count) => count !== tokens[0]))
      throw new Error(`the sides disagree: ${tokens.join(', ')} tokens`);
    // Bytes in a microsecond are megabytes in a second.
    const medians = rates.map((turns) => turns.sort((a, b) => a - b)[turns.length >> 1]!);
    const rate = (i: number) => `${medians[i]!.toFixed(1)} MB/s`;
    for (const [i, peer] of Object.keys(peers).entries())
      yield {
        what: `${name}, ${MEGABYTES} MB to cl100k tokens, 1 thread`,
        gradus: rate(0),
        peer: `${rate(i + 1)} (${peer})`,
        ratio: medians[i + 1]! / medians[0]!,
      };
  }
  yield await training();
}

async function training(): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'));
  try {
    const path = join(folder, 'texts.txt');
    const half = (TRAINING_MEGABYTES * 1e6) / 2;
    writeFileSync(path, [...makeTexts('en', half), ...makeTexts('zh', half)].join('\n'));
    const timed = async (work: () => unknown) => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    };
    // Hugging Face's package for Node trains to 30,000 tokens, no choice given.
    const own = await timed(() =>
      trainBpe(readTexts([path]), { size: 30_000, minFrequency: 1, pattern: GPT2_PATTERN }),
    );
    const { Tokenizer: Peer, BPE, byteLevelPreTokenizer } = require('tokenizers');
    const peer = new Peer(BPE.empty());
    peer.setPreTokenizer(byteLevelPreTokenizer(false, true));
    const theirs = await timed(() => peer.train([path]));
    return {
      what: `training a BPE of 30,000 tokens on ${TRAINING_MEGABYTES} MB, processor time`,
      gradus: `${own.toFixed(1)} s`,
      peer: `${theirs.toFixed(1)} s (tokenizers, Rust)`,
      ratio: own / theirs,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function huggingFace(file: unknown): Side {
  const { Tokenizer: Peer } = require('tokenizers');
  const peer = Peer.fromString(JSON.stringify(file));
  return async (texts) => {
    const encodings: { getIds(): number[] }[] = await peer.encodeBatch(texts, { addSpecialTokens: false });
    return encodings.reduce((sum, encoding) => sum + encoding.getIds().length, 0);
  };
}

function tiktoken({
  bpe_ranks,
  special_tokens,
  pat_str,
}: {
  bpe_ranks: string;
  special_tokens: Record<string, number>;
  pat_str: string;
}): Side {
  const { Tiktoken } = require('tiktoken/lite');
  const peer = new Tiktoken(bpe_ranks, special_tokens, pat_str);
  return (texts) => texts.reduce((sum, text) => sum + peer.encode_ordinary(text).length, 0);
}
