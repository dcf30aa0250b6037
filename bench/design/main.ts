/**
 * Designs: levels of Boxoban that the solver solves, how long they take, and mutated ones that it refuses; then what `gradus design` makes of names,
 * levels, characters, items and sprites, by the four numbers. ../shared/data is needed for all of it.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import { percent } from '@gradus/base';
import { runLoop } from '@gradus/loop';
import { design } from '@gradus/recipes';
import { readLevels, sokobanLevel, solveSokoban } from '@gradus/tasks';
import { chosen, type Measurement } from '../measurement.ts';

const DATA = process.env.GRADUS_DATA ?? new URL('../../../shared/data', import.meta.url).pathname;
const LEVELS = join(DATA, 'levels-boxoban');
const BOXOBAN = ['unfiltered_train_001', 'medium_train_000', 'hard_000'];
/** Levels of Boxoban that are learnt from. */
const LEARNT = ['unfiltered_train_000', 'medium_train_000'];

const PARTS = { solver: solved, names, rooms, boxoban, mario, characters, items, sprites };

export async function* designs(): AsyncGenerator<Measurement> {
  for (const [, part] of chosen(PARTS)) yield* part();
}

async function* solved(): AsyncGenerator<Measurement> {
  for (const name of BOXOBAN) {
    const file = join(LEVELS, `${name}.txt`);
    if (!existsSync(file)) continue;
    const { levels } = readLevels(readFileSync(file, 'utf8'), file, '#');
    const times: number[] = [];
    const count = { solved: 0, refused: 0, mutated: 0 };
    for (const level of levels) {
      const begun = performance.now();
      if (solveSokoban(sokobanLevel(level)).kind === 'solved') count.solved++;
      times.push(performance.now() - begun);
      // A goal that is walled in takes its box with it.
      const goal = level.rows.findIndex((row) => row.includes('.'));
      const rows = level.rows.map((row, y) => (y === goal ? row.replace('.', '#') : row));
      const walled = [...rows[0]!].map((tile, x) => (x === 0 ? '.' : tile)).join('');
      count.mutated++;
      const mutated = sokobanLevel({ ...level, rows: [walled, ...rows.slice(1)] });
      if (solveSokoban(mutated).kind !== 'solved') count.refused++;
    }
    times.sort((a, b) => a - b);
    yield {
      what: `Boxoban ${name}: solved; median and longest; unsolvable ones refused`,
      gradus: `${count.solved} of ${levels.length}; ${times[times.length >> 1]!.toFixed(1)} and ${times.at(-1)!.toFixed(0)} ms; ${count.refused} of ${count.mutated}`,
      peer: '–',
    };
  }
}

async function* names(): AsyncGenerator<Measurement> {
  yield* made('names', join(DATA, 'game-characters-text/names.txt'), { count: 50 });
}

async function* rooms(): AsyncGenerator<Measurement> {
  const folder = new URL('../../examples/levels', import.meta.url).pathname;
  yield* made('160 rooms of examples/levels', folder, { count: 12 });
}

async function* boxoban(): AsyncGenerator<Measurement> {
  if (!existsSync(LEVELS)) return;
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-levels-'));
  try {
    const texts = LEARNT.map((name) => readFileSync(join(LEVELS, `${name}.txt`), 'utf8'));
    writeFileSync(join(folder, 'levels.txt'), texts.join('\n\n'));
    yield* made('Boxoban, 2,000 levels', folder, { count: 20 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* mario(): AsyncGenerator<Measurement> {
  const folder = join(DATA, 'levels-vglc/Super_Mario_Bros');
  yield* made('Mario, 15 levels', folder, { count: 10, want: '8 enemies, length 120' });
}

async function* characters(): AsyncGenerator<Measurement> {
  yield* ofLines('334 monsters', 'srd_monsters', 'challenge 3');
}

async function* items(): AsyncGenerator<Measurement> {
  yield* ofLines('362 magic items', 'srd_magic_items', 'rarity rare');
}

async function* ofLines(what: string, file: string, want: string): AsyncGenerator<Measurement> {
  const packed = join(DATA, `game-characters-text/${file}.jsonl.gz`);
  if (!existsSync(packed)) return;
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-sheets-'));
  try {
    const path = join(folder, `${file}.jsonl`);
    writeFileSync(path, gunzipSync(readFileSync(packed)));
    yield* made(what, path, { count: 40, want });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* sprites(): AsyncGenerator<Measurement> {
  yield* made('2,264 sprites', join(DATA, 'sprites-crawl'), { count: 60 });
}

async function* made(what: string, source: string, options: object): AsyncGenerator<Measurement> {
  if (!existsSync(source)) return;
  const runs = mkdtempSync(join(tmpdir(), 'gradus-bench-designs-'));
  try {
    const begun = performance.now();
    const before = process.cpuUsage();
    const run = await runLoop(design, {
      sources: { designs: source },
      options: design.options.parse(options),
      seed: 0,
      runs,
    });
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    const { user, system } = process.cpuUsage(before);
    const processor = ((user + system) / 1e6).toFixed(0);
    const { metrics, baselines, weight, made, miss, samples } = run.summary as unknown as Summary;
    const shown = ({ valid, like, new: fresh, diverse }: Numbers) =>
      [valid, like, fresh, diverse].map(({ value }) => percent(value)).join(', ');
    const own = ['valid', 'like', 'new', 'diverse'].map((name) => percent(metrics[name]!)).join(', ');
    const asked = miss === null ? '' : `; ${percent(miss)} from what was asked for`;
    yield {
      what: `${what}: valid, like, new, diverse; nats a token`,
      gradus: `${own}; ${metrics.natsPerToken!.toFixed(3)}; weight of the network ${weight}; ${made} made in ${seconds} s (${processor} s of processor time)${asked}`,
      peer: `n-grams ${shown(baselines.ngram)}; ${metrics.natsPerTokenOfNgram!.toFixed(3)}; parts ${shown(baselines.recombination)}`,
    };
    for (const [name, { nearestNeighbour, coverage }] of Object.entries(samples?.by ?? {})) {
      yield {
        what: `${what}: nearest-neighbour test (aim 80 %), coverage (aim 50 %): ${name}`,
        gradus: `${percent(nearestNeighbour.value)}, ${percent(coverage.value)}`,
        peer: '–',
      };
    }
  } finally {
    rmSync(runs, { recursive: true });
  }
}

type Numbers = Readonly<Record<'valid' | 'like' | 'new' | 'diverse', { readonly value: number }>>;
interface Summary {
  readonly metrics: Readonly<Record<string, number>>;
  readonly baselines: Readonly<Record<'ngram' | 'recombination', Numbers>>;
  readonly weight: number;
  readonly made: number;
  readonly miss: number | null;
  readonly samples: {
    readonly by: Readonly<
      Record<string, Record<'nearestNeighbour' | 'coverage', { readonly value: number }>>
    >;
  } | null;
}
