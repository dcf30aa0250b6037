/**
 * A small recipe of several sources for tests of the contract: it adds up values by item from a table, compares them with the
 * targets of a second table where there is one, and counts mentions of the items in a folder of notes. What it reads goes
 * through an artifact.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { parseNumbers, readTable } from '@gradus/data';
import { z } from 'zod';
import { folder, type RunContext, recipe, role, type StepOutputs, table } from '../index.ts';

const TAKES = {
  data: table(
    {
      item: role.key({ en: 'column of items', zh: '条目所在的列' }),
      value: role.number({ en: 'column of values', zh: '数值所在的列' }),
    },
    { en: 'table of values', zh: '数值表' },
  ),
  plan: table(
    {
      item: role.key({ en: 'column of planned items', zh: '计划条目所在的列' }),
      target: role.number({ en: 'column of targets', zh: '目标所在的列' }),
    },
    { en: 'table of targets', zh: '目标表' },
  ).optional(),
  notes: folder({ en: 'folder of notes', zh: '笔记文件夹' }).optional(),
};

const Options = z.strictObject({
  scale: z.number().default(1).meta({ en: 'what values are multiplied by', zh: '数值的倍数' }),
});

const Totals = z.record(z.string(), z.number());
type Totals = z.infer<typeof Totals>;

const TotalsSummary = z.object({
  metrics: z.record(z.string(), z.number()),
  /** By item: what is missing to its target; null without a plan. */
  missing: Totals.nullable(),
  mentions: z.number(),
});

interface Outputs extends StepOutputs {
  prepare: { items: number };
  process: { targets: Totals | null };
  build: { mentions: number };
  train: { totals: Totals };
  evaluate: { missing: Totals | null };
  deploy: z.infer<typeof TotalsSummary>;
}

const ROWS = 'rows.json';
const MODEL = 'totals.json';

/** By key, the sum of a column's numbers. */
async function sumsOf(path: string, key: string, value: string): Promise<Totals> {
  const { columns, rows } = await readTable(path);
  const [keyAt, valueAt] = [columns.indexOf(key), columns.indexOf(value)];
  if (keyAt < 0 || valueAt < 0) {
    throw new UserError({
      en: `${path} needs the columns "${key}" and "${value}". There are: ${columns.join(', ')}.`,
      zh: `${path} 需要“${key}”和“${value}”两列。现有：${columns.join('、')}。`,
    });
  }
  const { numbers } = parseNumbers(rows.map((row) => row[valueAt]!));
  const sums: Totals = {};
  for (const [i, row] of rows.entries()) sums[row[keyAt]!] = (sums[row[keyAt]!] ?? 0) + (numbers[i] ?? 0);
  return sums;
}

const artifact = (run: RunContext<{ readonly scale: number }>): Totals =>
  Totals.parse(JSON.parse(new TextDecoder().decode(run.artifact(ROWS).read())));

const readModel = (directory: string): Totals =>
  Totals.parse(JSON.parse(readFileSync(join(directory, MODEL), 'utf8')));

const Request = z.strictObject({ items: z.array(z.string()).min(1).max(100) });
const Answer = z.object({ results: z.array(z.object({ total: z.number().nullable() })) });

export const totals = recipe<typeof TAKES, typeof Options, Outputs>({
  name: 'totals',
  title: { en: 'Totals', zh: '合计' },
  about: { en: 'Adds up values by item.', zh: '按条目汇总数值。' },
  version: 1,
  takes: TAKES,
  options: Options,
  fits: ({ columns }) => ({
    score: columns.some(({ type }) => type === 'number') ? 1 : 0,
    reasons: [{ en: 'It needs a column of numbers.', zh: '需要一列数字。' }],
    columns: {},
  }),
  steps: {
    prepare: async ({ run }) => {
      const { item = 'item', value = 'value' } = run.options;
      const sums = await sumsOf(run.sources.data!.path, item, value);
      run.artifact(ROWS).write(JSON.stringify(sums));
      return { items: Object.keys(sums).length };
    },
    process: async ({ run }) => {
      const { planItem = 'item', planTarget = 'target' } = run.options;
      const { plan } = run.sources;
      return { targets: plan ? await sumsOf(plan.path, planItem, planTarget) : null };
    },
    build: ({ run }) => {
      const { notes } = run.sources;
      const items = Object.keys(artifact(run));
      const texts = notes
        ? readdirSync(notes.path).map((name) => readFileSync(join(notes.path, name), 'utf8'))
        : [];
      return { mentions: items.filter((item) => texts.some((text) => text.includes(item))).length };
    },
    train: ({ run }) => {
      const totals = Object.entries(artifact(run)).map(([item, sum], i, all): [string, number] => {
        run.progress({ en: 'items', zh: '条目' }, i, all.length);
        return [item, sum * run.options.scale];
      });
      return { totals: Object.fromEntries(totals) };
    },
    evaluate: ({ process: { targets }, train: { totals } }) => ({
      missing:
        targets &&
        Object.fromEntries(
          Object.entries(targets).map(([item, target]) => [item, target - (totals[item] ?? 0)]),
        ),
    }),
    deploy: ({ run, prepare: { items }, build: { mentions }, train: { totals }, evaluate: { missing } }) => {
      writeFileSync(join(run.directory, MODEL), JSON.stringify(totals));
      return { metrics: { items }, missing, mentions };
    },
  },
  summary: TotalsSummary,
  findings: ({ metrics }) => [{ en: `${metrics.items} items`, zh: `${metrics.items} 个条目` }],
  report: ({ prepare: { items } }) => ({
    title: { en: 'Totals', zh: '合计' },
    lead: { en: `${items} items.`, zh: `${items} 个条目。` },
    sections: [],
  }),
  service: {
    request: Request,
    answer: Answer,
    correction: z.strictObject({ item: z.string(), total: z.number() }),
    example: { items: ['apples'] },
    columns: { total: { en: 'sum of the values', zh: '数值之和' } },
    open: async (directory) => {
      const totals = readModel(directory);
      return {
        answer: async (request) => ({
          results: Request.parse(request).items.map((item) => ({ total: totals[item] ?? null })),
        }),
        close: async () => undefined,
      };
    },
  },
  compare: async (champion, challenger) => {
    const [old, fresh] = [champion, challenger].map((directory) => Object.keys(readModel(directory)).length);
    return {
      promote: fresh! > old!,
      reason: { en: `${old} items became ${fresh}.`, zh: `条目由 ${old} 个变为 ${fresh} 个。` },
      metrics: { items: { champion: old!, challenger: fresh! } },
      n: fresh!,
      pValue: 1,
    };
  },
});
