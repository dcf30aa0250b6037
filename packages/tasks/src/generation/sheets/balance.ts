/**
 * Whether the numbers of a sheet go together: a number that the other fields foretell well (how strong a monster is, what an item costs) is
 * foretold by boosted trees, and a sheet whose number is further off than those of the originals are is out of balance.
 */
import { count, type Localized, type Random } from '@gradus/base';
import {
  boostedTrees,
  predictTrees,
  readTrees,
  type StoredTrees,
  storedTrees,
  type TreeColumn,
} from '@gradus/classical';
import { r2 } from '@gradus/stats';
import type { Sheet, SheetField } from './fields.ts';

/** Plain data. */
export interface Balance {
  readonly field: string;
  /** Fields that it is foretold by. */
  readonly by: readonly string[];
  readonly trees: StoredTrees;
  /** How far off the trees may be: as far as they are of nine in ten originals that they have not seen. */
  readonly tolerance: number;
  /** Their mean error there. */
  readonly error: number;
}

const FOLDS = 5;
const ROUNDS = 150;
/** The share of a number's variance that the others foretell, at least. */
const FORETOLD = 0.85;
const TOLERATED = 0.9;
/** Numbers of fewer values are as good as choices. */
const FEWEST_VALUES = 8;
const MOST_FIELDS = 3;

/** The numbers of sheets that other fields foretell best. */
export async function balancesOf(
  fields: readonly SheetField[],
  sheets: readonly Sheet[],
  random: Random,
): Promise<Balance[]> {
  const balances: (Balance & { readonly fit: number })[] = [];
  const folds = random
    .fork('folds')
    .permutation(sheets.length)
    .map((place) => place % FOLDS);
  for (const field of fields) {
    if (field.kind !== 'number' || field.values.length < FEWEST_VALUES) continue;
    const others = fields.filter(
      ({ name, kind }) => name !== field.name && kind !== 'derived' && kind !== 'text',
    );
    const rows = sheets.filter((sheet) => sheet[field.name] !== null);
    const values = rows.map((sheet) => sheet[field.name] as number);
    const foretold = new Float64Array(rows.length);
    for (let fold = 0; fold < FOLDS; fold++) {
      const isOut = rows.map((_, i) => folds[i] === fold);
      const learnt = rows.filter((_, i) => !isOut[i]);
      const asked = rows.filter((_, i) => isOut[i]);
      const trees = await fitted(
        others,
        learnt,
        values.filter((_, i) => !isOut[i]),
      );
      const answers = predictTrees(trees, columnsOf(others, asked));
      let next = 0;
      for (const [i, out] of isOut.entries()) if (out) foretold[i] = answers[next++]!;
    }
    const fit = r2(values, foretold);
    if (fit < FORETOLD) continue;
    const off = values.map((value, i) => Math.abs(value - foretold[i]!)).sort((a, b) => a - b);
    balances.push({
      field: field.name,
      by: others.map(({ name }) => name),
      trees: storedTrees(await fitted(others, rows, values)),
      tolerance: Math.max(off[Math.floor(TOLERATED * off.length)]!, halfStep(field.values)),
      error: off.reduce((a, b) => a + b, 0) / off.length,
      fit,
    });
  }
  return balances
    .toSorted((a, b) => b.fit - a.fit)
    .slice(0, MOST_FIELDS)
    .map(({ fit, ...balance }) => balance);
}

/** Half of what lies between two values: what is nearer than that is as good as equal. */
const halfStep = (values: readonly number[]): number =>
  (values.at(-1)! - values[0]!) / (values.length - 1) / 2;

const fitted = (fields: readonly SheetField[], sheets: readonly Sheet[], values: readonly number[]) =>
  boostedTrees(
    columnsOf(fields, sheets),
    { values },
    {
      loss: 'squared',
      rounds: ROUNDS,
      learningRate: 0.07,
      leaves: 8,
      minRows: 5,
      threads: 1,
    },
  );

/** Numbers and choices as they are, of a list how many things it has. */
function columnsOf(fields: readonly SheetField[], sheets: readonly Sheet[]): TreeColumn[] {
  return fields.flatMap((field): TreeColumn[] => {
    const values = sheets.map((sheet) => sheet[field.name]!);
    switch (field.kind) {
      case 'number':
        return [{ kind: 'number', values: values.map((value) => (value as number | null) ?? Number.NaN) }];
      case 'list':
        return [{ kind: 'number', values: values.map((value) => (value as readonly string[]).length) }];
      case 'choice': {
        const codes = values.map((value) => (value === null ? -1 : field.values.indexOf(String(value))));
        return [{ kind: 'category', codes, categories: field.values.length }];
      }
      default:
        return [];
    }
  });
}

/** What the other fields of a sheet foretell. */
export function balanceReader(
  balances: readonly Balance[],
  fields: readonly SheetField[],
): (sheet: Sheet) => { readonly balance: Balance; readonly foretold: number }[] {
  const opened = balances.map((balance) => ({
    balance,
    trees: readTrees(balance.trees),
    by: balance.by.map((name) => fields.find((field) => field.name === name)!),
  }));
  return (sheet) =>
    opened.map(({ balance, trees, by }) => ({
      balance,
      foretold: predictTrees(trees, columnsOf(by, [sheet]))[0]!,
    }));
}

/** Why a sheet is out of balance, if it is. */
export function outOfBalance(
  sheet: Sheet,
  foretold: ReturnType<ReturnType<typeof balanceReader>>,
): Localized | undefined {
  for (const { balance, foretold: value } of foretold) {
    const own = sheet[balance.field];
    if (typeof own !== 'number' || Math.abs(own - value) <= balance.tolerance) continue;
    return {
      en: `out of balance: ${balance.field} is further from what the other fields speak of than in nine of ten originals (${count(round(balance.tolerance))})`,
      zh: `不平衡：${balance.field} 与其他字段所示的差距，超过九成原有条目（${count(round(balance.tolerance))}）`,
    };
  }
  return undefined;
}

const round = (value: number): number => Number(value.toPrecision(2));
