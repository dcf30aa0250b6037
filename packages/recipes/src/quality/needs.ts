/**
 * What users need, and how much: themes of a demand run with their weight, or a table of needs. The weight of a theme is how many
 * reviews speak of it, and more where these are dissatisfied.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { parseNumbers, readTable } from '@gradus/data';
import { RUN_FILE, readRun } from '@gradus/loop';
import { readSummary } from '../demand/report/summary.ts';
import { plainName } from './evidence/columns.ts';

export interface Need {
  readonly name: Localized;
  readonly weight: number;
  /** Words that belong to it, by which characteristics that answer it are found. */
  readonly terms?: readonly string[];
  /** Characteristics that answer it, with how strongly: 9, 3 or 1. */
  readonly answeredBy: Readonly<Record<string, number>>;
}

const NEED_NAMES = ['need', 'needs', 'requirement', 'name', 'theme', '需求', '主题', '名称'];
const WEIGHT_NAMES = ['weight', 'importance', 'share', '权重', '重要性', '占比'];

/** @throws UserError where the directory is of another recipe, or the table names no needs */
export async function readNeeds(path: string): Promise<readonly Need[]> {
  return statSync(path).isDirectory() && existsSync(join(path, RUN_FILE))
    ? needsOfRun(path)
    : needsOfTable(path);
}

function needsOfRun(directory: string): readonly Need[] {
  const run = readRun(directory);
  if (run.recipe !== 'demand') {
    throw new UserError({
      en: `--needs: ${directory} is a run of "${run.recipe}", and needs are themes of a demand run. Make one: gradus demand reviews.csv`,
      zh: `--needs：${directory} 是“${run.recipe}”的运行，而需求取自需求分析的主题。请先运行：gradus demand reviews.csv`,
    });
  }
  return readSummary(run)
    .themes.filter(({ general }) => !general)
    .map(({ name, share, dissatisfied, terms }) => ({
      name: { en: name, zh: name },
      weight: share * (0.5 + (dissatisfied ?? 0.5)),
      terms,
      answeredBy: {},
    }));
}

async function needsOfTable(path: string): Promise<readonly Need[]> {
  const { columns, rows } = await readTable(path, { maxRows: 1000 });
  const at = (names: readonly string[]) => columns.findIndex((column) => names.includes(plainName(column)));
  const [need, weight] = [at(NEED_NAMES), at(WEIGHT_NAMES)];
  const name = need >= 0 ? need : columns.length === 1 ? 0 : -1;
  if (name < 0) {
    throw new UserError({
      en: `--needs: ${path} has no column of needs. Name it "need", and the other "weight"; there are: ${columns.join(', ')}.`,
      zh: `--needs：${path} 没有需求列。请命名为“need”，另一列为“weight”；现有列：${columns.join('、')}。`,
    });
  }
  const weights = weight < 0 ? undefined : parseNumbers(rows.map((row) => row[weight]!)).numbers;
  return rows.flatMap((row, i) => {
    const text = row[name]!.trim();
    const own = weights ? (weights[i] ?? 0) : 1;
    return text === '' || !(own > 0) ? [] : [{ name: { en: text, zh: text }, weight: own, answeredBy: {} }];
  });
}
