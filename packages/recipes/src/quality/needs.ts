/**
 * What users need, and how much: themes of a demand run with their weight, or a table of needs. The weight of a theme is how many
 * reviews speak of it, and more where these are dissatisfied; a clear complaint is a need of its own beside the theme's rest.
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
  const { themes, points = [] } = readSummary(run);
  return themes
    .filter(({ general }) => !general)
    .flatMap(({ id, name, label, share, dissatisfied, terms }): Need[] => {
      const complaints = points.filter(
        ({ theme, kind, isClear }) => theme === id && kind === 'complaint' && isClear,
      );
      const own = complaints.map((point) => ({
        name: point.sentence,
        weight: weightOf(point.share, point.dissatisfied),
        terms: [...point.words, name, ...terms],
        answeredBy: {},
      }));
      const rest = share - complaints.reduce((sum, point) => sum + point.share, 0);
      const whole = {
        name: label ?? { en: name, zh: name },
        weight: weightOf(rest, dissatisfied),
        terms,
        answeredBy: {},
      };
      return rest > 0 ? [...own, whole] : own;
    });
}

/** How many speak of it, and more where they are dissatisfied. */
const weightOf = (share: number, dissatisfied: number | null): number =>
  share * (0.5 + (dissatisfied ?? 0.5));

/** Which characteristics answer a need the standard may say, by the need's name. */
export function answeredAsSaid(needs: readonly Need[], said: readonly Need[]): Need[] {
  const byName = new Map(
    said.flatMap((need) => [need.name.en, need.name.zh].map((name) => [plainName(name), need])),
  );
  return needs.map((need) => {
    const { en, zh } = need.name;
    // Themes are also written in both languages at once: "Delivery / 配送".
    const found = [en, zh, `${en} / ${zh}`].map((name) => byName.get(plainName(name))).find(Boolean);
    return { ...need, answeredBy: (found ?? need).answeredBy };
  });
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
