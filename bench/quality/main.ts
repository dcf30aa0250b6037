/**
 * Quality assessment on public evidence in `../shared/data`, beside what its authors published: SLURP's systems, qcc's piston rings, judges of LLMBar, the faults of the
 * Tennessee Eastman process, and how often intervals hold the truth of simulated processes.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fitProcess, scoreProcess } from '@gradus/classical';
import { readTable } from '@gradus/data';
import { runLoop, type Summary } from '@gradus/loop';
import { quality } from '@gradus/recipes';
import { chosen, type Measurement } from '../measurement.ts';
import { coverage } from './coverage.ts';

const DATA = process.env.GRADUS_DATA ?? join(import.meta.dirname, '../../../shared/data');

interface Found extends Summary {
  readonly versions: readonly { measure: string; version: string; figure: number; n: number }[];
  readonly slices: readonly {
    column: string;
    level: string;
    measure: string;
    figure: number;
    rest: number;
    isWorse: boolean;
  }[];
  readonly notes: readonly { en: string }[];
}

async function judged(files: readonly string[], directory: string): Promise<Found> {
  const run = await runLoop(quality, {
    sources: Object.fromEntries(files.map((file, i) => [i === 0 ? 'evidence' : `evidence-${i + 1}`, file])),
    options: quality.options.parse({}),
    seed: 0,
    runs: directory,
  });
  return run.summary as unknown as Found;
}

/** As the README of SLURP's repository says of these systems' answers. */
const SLURP = {
  system_google_hermit: { scenario: 81.68, action: 76.58, intent: 73.41 },
  system_google_sfid: { scenario: 78.87, action: 74.31, intent: 72.06 },
} as const;

async function* slurp(directory: string): AsyncGenerator<Measurement> {
  const folder = join(DATA, 'voice-assistant-slurp');
  const systems = Object.keys(SLURP) as (keyof typeof SLURP)[];
  const started = performance.now();
  const { versions, slices } = await judged(
    ['gold', ...systems].map((name) => join(folder, `${name}.jsonl.gz`)),
    directory,
  );
  const seconds = (performance.now() - started) / 1000;
  for (const system of systems) {
    for (const [label, published] of Object.entries(SLURP[system])) {
      const found = versions.find(
        ({ measure, version }) => measure === `${label}_accuracy` && version === system,
      )!;
      yield {
        what: `SLURP, ${system}: ${label}, %`,
        gradus: (100 * found.figure).toFixed(2),
        peer: published.toFixed(2),
      };
    }
  }
  const worst = slices.find(({ isWorse }) => isWorse)!;
  yield {
    what: 'SLURP: the worst slice',
    gradus: `${worst.column} ${worst.level}: ${worst.measure} ${worst.figure.toFixed(3)}, elsewhere ${worst.rest.toFixed(3)}`,
    peer: 'far microphone',
  };
  yield { what: 'SLURP: 26,156 answers, seconds', gradus: seconds.toFixed(1) };
}

async function* llmbar(directory: string): AsyncGenerator<Measurement> {
  const { columns, rows } = await readTable(join(DATA, 'llm-product-logs', 'llmbar_judge_verdicts.csv.gz'));
  const at = (name: string) => columns.indexOf(name);
  const cell = (text: string) => `"${text}"`;
  for (const [set, judge, prompting, published] of [
    ['Natural', 'ChatGPT', 'Vanilla', 81.5],
    ['Natural', 'GPT-4', 'Vanilla_NoRules', 93.5],
    ['Neighbor', 'ChatGPT', 'CoT', 22.8],
  ] as const) {
    const own = rows.filter((row) => row[at('set')] === set);
    const file = join(directory, `llmbar-${set}.csv`);
    writeFileSync(file, [columns, ...own].map((row) => row.map(cell).join(',')).join('\n'));
    const { versions } = await judged([file], directory);
    const found = versions.find(
      ({ measure, version }) => measure === 'judge_accuracy' && version === `${judge} / ${prompting}`,
    );
    yield {
      what: `LLMBar ${set}: ${judge}, ${prompting}, %`,
      gradus: found ? (100 * found.figure).toFixed(1) : '–',
      peer: String(published),
    };
  }
}

/** Missed detections of T² and Q, from the data's own description. */
const PUBLISHED = [
  [0.007, 0.003],
  [0.02, 0.014],
  [0.994, 0.99],
  [0.943, 0.034],
  [0.771, 0.743],
  [0.011, 0],
  [0.064, 0],
  [0.034, 0.024],
  [0.986, 0.981],
  [0.64, 0.634],
] as const;
/** The fault begins behind this row. */
const BEGINS = 160;

async function* tennessee(): AsyncGenerator<Measurement> {
  const load = async (name: string) =>
    (await readTable(join(DATA, 'spc/tennessee-eastman', `${name}.csv.gz`))).rows.map((row) =>
      Float64Array.from(row, Number),
    );
  const model = fitProcess(await load('normal_train'));
  const shareOf = (scores: Float64Array, is: (score: number) => boolean) =>
    scores.filter(is).length / scores.length;
  const normal = scoreProcess(model, await load('normal_test')).scores;
  yield {
    what: 'Tennessee Eastman: false alarms, %',
    gradus: (100 * shareOf(normal, (score) => score > 1)).toFixed(2),
    peer: '1',
  };
  for (const [i, [t2, q]] of PUBLISHED.entries()) {
    const rows = await load(`fault${String(i + 1).padStart(2, '0')}_test`);
    const scores = scoreProcess(model, rows).scores.slice(BEGINS);
    const missed = shareOf(scores, (score) => score <= 1);
    yield {
      what: `Tennessee Eastman, fault ${i + 1}: missed detections`,
      gradus: missed.toFixed(3),
      peer: `${t2} (T²), ${q} (Q)`,
    };
  }
}

const PARTS = { slurp, llmbar, tennessee, coverage } as const;

export async function* qualityParts(): AsyncGenerator<Measurement> {
  if (!existsSync(DATA)) {
    console.error(`There is no data in ${DATA}; GRADUS_DATA names another folder.`);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'gradus-quality-bench-'));
  try {
    for (const [, part] of chosen(PARTS)) yield* part(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
