/**
 * A finished run of forecasts as a service: an item in, or a history, and out come the next steps with their quantiles.
 *
 *     {"rows": [{"item": "SKU-01"}]}                                   what the run forecast
 *     {"rows": [{"item": "SKU-01", "history": [12, 9, …], "until": "2026-03-31"}]}   anew, from a history that has gone on
 *     {"rows": [{"item": "SKU-01", "time": "2026-03-14"}]}             one day of it: also the rows of a file
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import { noSuchColumn } from '@gradus/data';
import { type Described, isWhole, type Service, type ServiceDeclaration } from '@gradus/loop';
import {
  type ForecastAnswer,
  type ForecastBundle,
  QUANTILES,
  ServedForecasts,
  stepOf,
  stepText,
  timesIn,
} from '@gradus/tasks';
import { z } from 'zod';

export const BUNDLE_FILE = 'bundle.json';
const MOST_ROWS = 1000;
const LONGEST_HISTORY = 20_000;

const text = z.string().min(1).max(1000);
const described = (en: string, zh: string) => ({ description: en, en, zh });

const Row = z.strictObject({
  item: text
    .optional()
    .meta(described('the item; may be left out where there is one', '商品；只有一个时可省略')),
  time: text.optional().meta(described('the one date that is asked for', '只查询这一日期')),
  history: z
    .array(z.number().nullable())
    .min(1)
    .max(LONGEST_HISTORY)
    .optional()
    .meta(
      described(
        'amounts step by step, the oldest first, null where not known',
        '按时间步的数量，最早的在前，未知为 null',
      ),
    ),
  until: text
    .optional()
    .meta(described('the date of the last amount of the history', '历史最后一个数量的日期')),
  horizon: z.int().min(1).max(1000).optional().meta(described('how many steps', '预测多少步')),
});
type Row = z.infer<typeof Row>;

/** A row may also name its item and its date by the columns of the file that the run was made from. */
const cell = z.union([z.string().max(1000), z.number(), z.null(), Row.shape.history.unwrap()]);
const Request = z.strictObject({
  rows: z
    .array(z.record(z.string().max(1000), cell))
    .min(1)
    .max(MOST_ROWS)
    .meta(
      described(
        'what is asked for: item, time, history (amounts, the oldest first), until (the date of its last), horizon; or the columns of a file that name an item and a date',
        '查询内容：item、time、history（按时间步的数量，最早的在前）、until（其最后日期）、horizon；或文件中标明商品和日期的列',
      ),
    ),
});
type Request = z.infer<typeof Request>;

const Step = z.object({
  time: z.string(),
  mean: z.number(),
  quantiles: z.record(z.string(), z.number()),
});
const Result = z.object({
  item: z.string().nullable(),
  method: z.string(),
  level: z.number(),
  steps: z.array(Step),
});
type Result = z.infer<typeof Result>;

const Correction = z.strictObject({
  item: text.optional(),
  time: text,
  value: z
    .union([z.number(), z.string().transform(Number)])
    .refine(Number.isFinite, { error: 'is no number' }),
});

const names = QUANTILES.map((level) => `q${level}`);
const COLUMNS: Readonly<Record<string, Localized>> = {
  mean: { en: 'what is expected', zh: '预计数量' },
  ...Object.fromEntries(
    QUANTILES.map((level) => [
      `q${level}`,
      { en: `not more than this with ${100 * level}% certainty`, zh: `有 ${100 * level}% 的把握不超过此数` },
    ]),
  ),
  method: { en: 'what forecast it', zh: '预测方法' },
};

export const forecastService: ServiceDeclaration = {
  request: Request,
  answer: z.object({ results: z.array(Result) }),
  correction: Correction,
  example: { rows: [{ history: [12, 15, 11, 13, 16, 18, 17, 12, 14, 12, 13, 17, 19, 18] }] },
  columns: COLUMNS,
  cells: (answer) => {
    const { method, steps } = answer as Result;
    const { mean, quantiles } = steps[0]!;
    return { mean, ...Object.fromEntries(names.map((name) => [name, quantiles[name]!])), method };
  },
  open,
};

async function open(directory: string): Promise<Service> {
  const served = new ServedForecasts(readBundle(directory));
  const { columns, items, grids } = served.bundle;
  const fields = [...columns.keys, ...(columns.time === undefined ? [] : [columns.time])];
  return {
    columns: Object.fromEntries(fields.map((name) => [name, name])),
    example: { rows: [{ item: items[0]!.item }] },
    checkColumns: (given) => {
      for (const name of fields) if (!given.includes(name)) throw noSuchColumn(name, name, given);
    },
    rowOf: (cells) => {
      const item = served.findBy(cells);
      if (!item)
        return { reason: { en: 'the run has no forecast of this item', zh: '此次运行没有该商品的预测' } };
      if (columns.time === undefined) return { value: { item: item.item } };
      const written = cells[columns.time] ?? '';
      const [time] = timesIn(grids[item.grid]!, [written]);
      if (time === undefined)
        return {
          reason: { en: `"${written.slice(0, 40)}" is no date`, zh: `“${written.slice(0, 40)}”不是日期` },
        };
      const ahead = stepOf(grids[item.grid]!, time) - item.first;
      if (ahead < 0 || ahead >= item.mean.length) {
        const [from, to] = [item.first, item.first + item.mean.length - 1].map((step) =>
          stepText(grids[item.grid]!, step),
        );
        return {
          reason: {
            en: `its date lies outside the forecast, which goes from ${from} to ${to}`,
            zh: `日期不在预测范围（${from} 至 ${to}）内`,
          },
        };
      }
      return { value: { item: item.item, time: written } };
    },
    answer: async (request) => ({
      results: (request as Request).rows.map((row) => resultOf(served, askedOf(served, row))),
    }),
    describe: (_, answer) => (answer as { readonly results: readonly Result[] }).results.map(describeResult),
    correctionOf: (logged, row, outcome) => {
      const given = (logged as Request).rows?.[row];
      const asked = given && isWhole(given) ? askedOrNone(served, given) : undefined;
      const value =
        typeof outcome === 'object' && outcome !== null ? (outcome as { value?: unknown }).value : outcome;
      if (asked?.time === undefined || value === undefined) return undefined;
      return { ...(asked.item !== undefined && { item: asked.item }), time: asked.time, value };
    },
    close: async () => {},
  };
}

/** The fields of a row, its item and date found by the file's own columns too. @throws UserError where a field is wrong */
function askedOf(served: ServedForecasts, row: Request['rows'][number]): Row {
  const { keys, time } = served.bundle.columns;
  const fields = Object.fromEntries(Object.entries(row).filter(([name]) => Object.hasOwn(Row.shape, name)));
  const cells = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value ?? '')]));
  const own = keys.some((key) => Object.hasOwn(row, key)) ? served.findBy(cells)?.item : undefined;
  const date = time === undefined ? undefined : row[time];
  const parsed = Row.safeParse({
    ...(typeof date === 'string' && { time: date }),
    ...fields,
    ...(own !== undefined && { item: own }),
  });
  if (parsed.success) return parsed.data;
  throw new UserError(reasonOf(parsed.error));
}

const askedOrNone = (served: ServedForecasts, row: Request['rows'][number]): Row | undefined => {
  try {
    return askedOf(served, row);
  } catch {
    return undefined;
  }
};

function resultOf(served: ServedForecasts, { time, ...question }: Row): Result {
  const answer = served.answer(question);
  const all = answer.steps.map(({ time, mean, quantiles }) => ({
    time,
    mean,
    quantiles: Object.fromEntries(names.map((name, q) => [name, quantiles[q]!])),
  }));
  const steps = time === undefined ? all : [stepAt(served, answer, all, time)];
  return { item: answer.item, method: Object.keys(answer.methods).join('+'), level: answer.level, steps };
}

function stepAt<S extends { readonly time: string }>(
  served: ServedForecasts,
  { item, steps }: ForecastAnswer,
  all: readonly S[],
  time: string,
): S {
  const { grids, items } = served.bundle;
  const grid = grids[(item === null ? undefined : served.find(item))?.grid ?? items[0]!.grid]!;
  const [asked] = timesIn(grid, [time]);
  const text = asked === undefined ? undefined : stepText(grid, stepOf(grid, asked));
  const at = steps.findIndex((step) => step.time === text);
  if (at >= 0) return all[at]!;
  throw new UserError({
    en: `"${time.slice(0, 40)}" is no date of the forecast, which goes from ${steps[0]!.time} to ${steps.at(-1)!.time}.`,
    zh: `“${time.slice(0, 40)}”不是预测范围内的日期（${steps[0]!.time} 至 ${steps.at(-1)!.time}）。`,
  });
}

/** What monitoring watches: how large the item was of late, and what was expected next. */
export const describeAnswer = ({ level, steps }: Pick<ForecastAnswer, 'level' | 'steps'>): Described => ({
  inputs: { level },
  outputs: { mean: steps[0]!.mean },
});
const describeResult = ({ level, steps }: Result): Described => ({
  inputs: { level },
  outputs: { mean: steps[0]!.mean },
});

/** @throws UserError where the file is missing or damaged */
function readBundle(directory: string): ForecastBundle {
  const path = join(directory, BUNDLE_FILE);
  try {
    const bundle = JSON.parse(readFileSync(path, 'utf8')) as ForecastBundle;
    if (bundle.format !== 'gradus-forecast-1') throw new Error(`format "${bundle.format}"`);
    return bundle;
  } catch (error) {
    const reason = (error as Error).message;
    throw new UserError(
      { en: `${path} is damaged: ${reason}`, zh: `${path} 已损坏：${reason}` },
      { cause: error },
    );
  }
}
