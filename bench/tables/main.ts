/**
 * Learning from tables, as `gradus learn` does, on the public tables in `../shared/data`: the figure on held-out rows, beside that of
 * scikit-learn's HistGradientBoosting and of LightGBM with their defaults, on the same rows, where Python has them. Gradus searches
 * for options and mixes models in its default time; the peers take what they get. Below the figure stand the seconds.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Random } from '@gradus/base';
import { readTable } from '@gradus/data';
import { chosen, type Measurement } from '../measurement.ts';
import { type LearntRows, learnRows } from './learn-rows.ts';

const DATA = process.env.GRADUS_DATA ?? join(import.meta.dirname, '../../../shared/data');
const PYTHON = process.env.GRADUS_PYTHON ?? 'python3';
const PEERS = ['sklearn', 'lightgbm'] as const;

interface Source {
  readonly file: string;
  /** The target's place, from 0, or from the end below 0. */
  readonly target: number;
  readonly test?: string;
}

const uci = (name: string, target = -1): Source => ({ file: `uci-small/${name}.csv`, target });

const TABLES: Readonly<Record<string, Source>> = {
  adult: { file: 'adult-income/adult-train.csv', target: -1, test: 'adult-income/adult-test.csv' },
  heloc: { file: 'heloc/heloc_dataset_v1.csv', target: 0 },
  abalone: uci('abalone'),
  housing: uci('housing'),
  'wine quality, red': uci('winequality-red'),
  'wine quality, white': uci('winequality-white'),
  'prices of cars': uci('auto_imports'),
  glass: uci('glass'),
  haberman: uci('haberman'),
  'horse colic': uci('horse-colic', 23),
  ionosphere: uci('ionosphere'),
  mammography: uci('mammography'),
  'oil spill': uci('oil-spill'),
  phoneme: uci('phoneme'),
  sonar: uci('sonar'),
};

export async function* tables(): AsyncGenerator<Measurement> {
  if (!existsSync(DATA)) throw new Error(`There are no tables in ${DATA}: name their folder in GRADUS_DATA.`);
  for (const [name, { file, target, test }] of chosen(TABLES)) {
    const main = await readTable(join(DATA, file));
    const held = test === undefined ? undefined : await readTable(join(DATA, test));
    const begun = performance.now();
    const learnt = await learnRows(main, main.columns.at(target)!, held, new Random(0));
    const seconds = (performance.now() - begun) / 1000;
    const own = `${learnt.metric} ${learnt.value.toFixed(4)} (${learnt.chosen}; linear ${learnt.linear.toFixed(4)}), ${seconds.toFixed(1)} s`;
    for (const peer of PEERS) {
      const said = peerOn(peer, learnt);
      yield {
        what: `${name}, ${learnt.train.length} rows to learn from, ${learnt.test.length} to judge by`,
        gradus: own,
        ...(said && {
          peer: `${said.value.toFixed(4)}, ${said.seconds.toFixed(1)} s (${said.version})`,
          ratio: learnt.value / said.value,
        }),
      };
    }
  }
}

interface PeerAnswer {
  readonly value: number;
  readonly seconds: number;
  readonly version: string;
}

function peerOn(peer: string, learnt: LearntRows): PeerAnswer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-tables-'));
  try {
    writeFileSync(join(folder, 'table.json'), JSON.stringify(learnt));
    const program = join(import.meta.dirname, '../peers/tables.py');
    const { status, stdout } = spawnSync(PYTHON, [program, peer, join(folder, 'table.json')], {
      encoding: 'utf8',
    });
    return status === 0 ? (JSON.parse(stdout) as PeerAnswer) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
