/**
 * Large models, on random weights in the shape of SmolLM2-135M: a step of adapters, beside PyTorch with peft where Python has them; tokens
 * a second while a text is read and while it is written, beside node-llama-cpp in the folder that GRADUS_PEERS names, on the same
 * weights as GGUF in as many bits; what keeping an answer to a JSON schema takes of a token.
 *
 * `--cpu` takes processor time on one thread for time: for a machine that others use too, where threads wait for each other's cores.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytes, Random } from '@gradus/base';
import { Tokenizer } from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import {
  adaptedWeights,
  convert,
  DecoderSession,
  jsonSchemaConstraint,
  type LanguageModel,
  load,
  tokenTrainer,
  weightsIn,
} from '@gradus/lm';
import { type RandomModelShape, writeRandomModel } from '@gradus/lm/testing';
import { chosen, type Measurement } from '../measurement.ts';
import { distilling } from './distil.ts';
import { opening } from './opening.ts';
import { serving } from './serving.ts';

const PYTHON = process.env.GRADUS_PYTHON ?? 'python3';
const byCpu = process.argv.includes('--cpu');
const THREADS = byCpu ? 1 : availableParallelism();
/** Seconds. */
const clock = (): number => {
  if (!byCpu) return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const how = byCpu ? 'one thread, processor time' : `up to ${THREADS} threads`;

const SHAPE: RandomModelShape = {
  vocab_size: 49152,
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 2048,
};
const PERSON = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 60 },
    about: { type: 'string' },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    mail: { type: 'string', format: 'email' },
    born: { type: 'string', format: 'date' },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 5 },
    address: {
      type: 'object',
      properties: { street: { type: 'string', maxLength: 100 }, city: { type: 'string' } },
      required: ['street', 'city'],
    },
  },
  required: ['name', 'about', 'age', 'mail', 'born', 'tags', 'address'],
};
const ROWS = 1;
const LENGTH = 128;
const LONG = 512;
const STEPS = 4;
const READ = 256;
const WRITTEN = 32;

export async function* largeModels(): AsyncGenerator<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-lm-'));
  try {
    writeRandomModel(folder, SHAPE);
    const model = await load(folder);
    const parts = {
      tune: tuning,
      run: running,
      serve: serving,
      distil: distilling,
      open: opening,
      memory,
      constrain: constraining,
    };
    for (const [, part] of chosen(parts)) yield* part(model, folder);
    model.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* tuning(model: LanguageModel, folder: string): AsyncGenerator<Measurement> {
  const peer = peerOf(PYTHON, ['lora_step.py', folder, String(THREADS), byCpu ? 'cpu' : 'wall']);
  for (const bits of [32, 8, 4] as const) {
    const trained = adaptedWeights(model.config, weightsIn(model.weights, bits), { rank: 16, alpha: 32 }, 0);
    const trainer = tokenTrainer(model.config, trained, {
      learningRate: 2e-4,
      weightDecay: 0.01,
      accumulate: 1,
      seed: 0,
      threads: THREADS,
    });
    const ids = tokens(ROWS * LENGTH);
    const whole = (at: (i: number) => number): HostTensor => ({
      dtype: 'int64',
      dims: [ROWS, LENGTH],
      data: BigInt64Array.from(ids, (_, i) => BigInt(at(i))),
    });
    const batch = {
      ids: whole((i) => ids[i]!),
      labels: whole((i) => (i % LENGTH === LENGTH - 1 ? -100 : ids[i + 1]!)),
      positions: whole((i) => i % LENGTH),
      segments: whole(() => 0),
    };
    let fastest = Number.POSITIVE_INFINITY;
    for (let step = 0; step < STEPS; step++) {
      const begun = clock();
      await trainer.step(batch);
      fastest = Math.min(fastest, clock() - begun);
    }
    await trainer.close();
    yield {
      what: `a step of adapters (16 wide), ${ROWS * LENGTH} tokens, weights in ${bits} bits, ${how}`,
      gradus: `${fastest.toFixed(2)} s`,
      ...(peer && { peer: `${peer.step!.toFixed(2)} s (peft, 32 bits)`, ratio: fastest / peer.step! }),
    };
  }
}

/** The most that a process takes for steps over long rows, with what layers compute kept and computed again. */
async function* memory(_: LanguageModel, folder: string): AsyncGenerator<Measurement> {
  const program = join(import.meta.dirname, 'step-memory.ts');
  const step = (recompute: boolean): { peak: number; seconds: number } => {
    const given = [program, folder, String(LONG), String(recompute)];
    const { status, stdout, stderr } = spawnSync(process.execPath, given, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  };
  const [kept, again] = [step(false), step(true)];
  yield {
    what: `most memory of a step of adapters over ${LONG} tokens, layers kept → computed again (processor time)`,
    gradus: `${bytes(kept.peak)} → ${bytes(again.peak)} (${kept.seconds.toFixed(1)} → ${again.seconds.toFixed(1)} s)`,
  };
}

async function* running(model: LanguageModel, folder: string): AsyncGenerator<Measurement> {
  const given = [String(READ), String(WRITTEN), String(THREADS), byCpu ? 'cpu' : 'wall'];
  for (const [bits, type] of [
    [32, 'F32'],
    [8, 'Q8_0'],
    [4, 'Q4_0'],
  ] as const) {
    const file = join(folder, `${type}.gguf`);
    convert(model, { to: 'gguf', bits, out: file });
    const peer = peerOf(process.execPath, ['llama_speed.mjs', file, ...given]);
    // What `chat` and `serve` do in 4 bits where a model allows it.
    for (const rounds of bits === 4 ? [false, true] : [false]) {
      const session = await DecoderSession.open(model, { places: 512, bits, rounds, threads: THREADS });
      // What a first text of a length takes besides is not the speed of the others; the peer has it too.
      await session.see(tokens(READ));
      let begun = clock();
      await session.see(tokens(READ).reverse());
      const read = READ / (clock() - begun);
      begun = clock();
      for (const id of tokens(WRITTEN)) await session.next(id);
      const written = WRITTEN / (clock() - begun);
      await session.close();
      const rounding = rounds ? ', rounding' : '';
      for (const [what, own, theirs] of [
        ['read', read, peer?.read],
        ['written', written, peer?.written],
      ] as const) {
        yield {
          what: `tokens a second ${what}, weights in ${bits} bits${rounding}, ${how}`,
          gradus: own.toFixed(1),
          ...(theirs && { peer: `${theirs.toFixed(1)} (node-llama-cpp, ${type})`, ratio: own / theirs }),
        };
      }
    }
  }
}

/** What masks take of a token, with the tokens of cl100k (tiktoken) that are whole characters. */
async function* constraining(): AsyncGenerator<Measurement> {
  const { default: cl100k } = await import('tiktoken/encoders/cl100k_base.json', { with: { type: 'json' } });
  const single = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).padStart(2, '0')}>`);
  const texts = cl100k.bpe_ranks
    .split('\n')
    .flatMap((line) => line.split(' ').slice(2))
    .map((token) => Buffer.from(token, 'base64').toString())
    .filter((token) => !token.includes('\ufffd'));
  const tokenizer = new Tokenizer({
    decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }] },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries([...new Set([...single, ...texts])].map((token, id) => [token, id])),
      merges: [],
    },
  });
  const random = new Random('logits');
  const logits = new Float32Array(tokenizer.size);
  let begun = clock();
  const constraint = jsonSchemaConstraint(PERSON, { tokenizer, end: [] });
  yield {
    what: 'a schema of nine fields made ready, one thread',
    gradus: `${(clock() - begun).toFixed(2)} s`,
  };
  for (const what of ['the first text', 'each later text']) {
    let [count, spent] = [0, 0];
    const state = constraint.start();
    for (let left = 400; left > 0 && !state.finished; left--, count++) {
      for (let id = 0; id < logits.length; id++) logits[id] = random.uniform();
      begun = clock();
      state.mask(logits, left);
      spent += clock() - begun;
      let best = 0;
      for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
      begun = clock();
      state.accept(best);
      spent += clock() - begun;
    }
    yield { what: `masks and steps a token, ${what}`, gradus: `${((1000 * spent) / count).toFixed(2)} ms` };
  }
}

/** What a peer's program prints; none where it is not installed. */
function peerOf(
  command: string,
  [program, ...args]: readonly [string, ...string[]],
): Record<string, number> | undefined {
  const path = join(import.meta.dirname, '../peers', program);
  const { status, stdout } = spawnSync(command, [path, ...args], { encoding: 'utf8', timeout: 600_000 });
  const last = stdout?.trim().split('\n').at(-1);
  return status === 0 && last ? JSON.parse(last) : undefined;
}

const tokens = (count: number): number[] => {
  const random = new Random('tokens');
  return Array.from({ length: count }, () => 300 + random.below(40_000));
};
