/** Finished runs: `gradus runs`, `gradus show`. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import {
  CARD_FILE,
  type FoundRun,
  findRun,
  listRuns,
  mainSourceOf,
  REPORT_FILE,
  REPORT_PAGE,
  RunRecord,
} from '@gradus/loop';
import { z } from 'zod';
import { NotFound } from '../errors.ts';
import { field, runReference } from './field.ts';
import { jsonLines, type Line, operation, plainLine } from './operation.ts';
import type { Workspace } from './workspace.ts';

const METRICS_FILE = 'metrics.jsonl';

const RunSummary = z.strictObject({
  id: z.string(),
  recipe: z.string(),
  createdAt: z.string(),
  input: z.string(),
  parent: z.string().optional(),
  metrics: z.record(z.string(), z.number()),
});

export const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

const figures = (metrics: Readonly<Record<string, number>>): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${Number(value.toFixed(4))}`)
    .join(', ');

export const list = operation({
  name: 'runs.list',
  title: { en: 'list the finished runs', zh: '列出已完成的运行' },
  scope: 'read',
  input: z.strictObject({}),
  output: z.array(RunSummary),
  http: { method: 'get', path: '/v1/runs', list: 'runs' },
  cli: {
    command: 'runs',
    render: (runs): readonly Line[] =>
      runs.length === 0
        ? [
            {
              note: true,
              en: 'There are no runs yet. Make one with: gradus RECIPE FILE',
              zh: '尚无运行。用 gradus RECIPE FILE 创建一个。',
            },
          ]
        : runs.map(({ id, createdAt, input, parent, metrics }) => ({
            en: `${id}  ${minute(createdAt)}  ${parent ? `retrained from ${parent}` : input}  ${figures(metrics)}`,
            zh: `${id}  ${minute(createdAt)}  ${parent ? `由 ${parent} 重新训练` : input}  ${figures(metrics)}`,
          })),
  },
  run: async (_, { runs }) =>
    listRuns(runs).map(({ id, recipe, createdAt, sources, parent, summary }) => ({
      id,
      recipe,
      createdAt,
      input: mainSourceOf({ sources }).address,
      ...(parent !== undefined && { parent }),
      metrics: summary.metrics,
    })),
});

/** The run that is meant. From outside no directory may be named. @throws NotFound where there is none */
function requireRun({ runs }: Pick<Workspace, 'runs'>, reference: string): FoundRun {
  try {
    return findRun(runs, reference);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new NotFound(error.localized, { cause: error });
  }
}

const RecordOutput = z.looseObject({
  id: z.string(),
  recipe: z.string(),
  createdAt: z.string(),
  options: z.record(z.string(), z.unknown()),
  seed: z.number(),
  sources: z.record(z.string(), z.unknown()),
  parent: z.string().optional(),
  summary: z.looseObject({ metrics: z.record(z.string(), z.number()) }),
  files: z.array(z.string()),
  findings: z.array(z.object({ en: z.string(), zh: z.string() })),
  report: z.string(),
});

export const show = operation({
  name: 'runs.show',
  title: { en: 'show what a run found', zh: '查看某次运行的结果' },
  scope: 'read',
  input: z.strictObject({ run: runReference }),
  output: RecordOutput,
  http: { method: 'get', path: '/v1/runs/:run' },
  cli: {
    command: 'show',
    positionals: ['run'],
    render: ({ id, findings, report }) => [
      ...findings,
      plainLine(''),
      { en: `Report: ${report}`, zh: `报告：${report}` },
      { en: `Serve:  gradus serve ${id}`, zh: `提供服务：gradus serve ${id}` },
    ],
  },
  run: async ({ run: reference }, workspace) => {
    const run = requireRun(workspace, reference);
    const recipe = workspace.recipes.find(({ name }) => name === run.recipe);
    return {
      ...RunRecord.parse(run),
      findings: [...(recipe?.findings(run.summary) ?? [])],
      report: workspace.fileOfRun(run.id, REPORT_PAGE),
    };
  },
});

const MOST_METRICS = 10_000;

export const metrics = operation({
  name: 'runs.metrics',
  title: { en: 'what was measured while a run was made, step by step', zh: '运行过程中各步记录的指标' },
  scope: 'read',
  input: z.strictObject({
    run: runReference,
    offset: field(z.int().min(0), { en: 'lines passed over', zh: '跳过的行数' }).default(0),
    limit: field(z.int().min(1).max(MOST_METRICS), { en: 'lines at most', zh: '最多行数' }).default(1000),
  }),
  output: z.strictObject({
    total: z.number(),
    lines: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
  }),
  http: { method: 'get', path: '/v1/runs/:run/metrics' },
  cli: {
    command: 'runs metrics',
    positionals: ['run'],
    render: ({ lines }) =>
      lines.map((line) =>
        plainLine(
          Object.entries(line)
            .map((pair) => pair.join(' '))
            .join(', '),
        ),
      ),
  },
  run: async ({ run, offset, limit }, workspace) => {
    const file = join(requireRun(workspace, run).directory, METRICS_FILE);
    const all = existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
    const lines = all
      .slice(offset, offset + limit)
      .map((line) => JSON.parse(line) as Record<string, string | number>);
    return { total: all.length, lines };
  },
});

export const report = operation({
  name: 'runs.report',
  title: { en: 'the report of a run, as data', zh: '某次运行的报告（数据）' },
  scope: 'read',
  input: z.strictObject({ run: runReference }),
  output: z.record(z.string(), z.unknown()),
  http: { method: 'get', path: '/v1/runs/:run/report' },
  cli: {
    command: 'runs report',
    positionals: ['run'],
    render: jsonLines,
  },
  run: async ({ run }, workspace) => {
    const { id, directory } = requireRun(workspace, run);
    const file = join(directory, REPORT_FILE);
    if (!existsSync(file)) {
      throw new NotFound({
        en: `The run ${id} has no ${REPORT_FILE}: its recipe makes no report, or it is from before reports were data.`,
        zh: `运行 ${id} 没有 ${REPORT_FILE}：其配方不生成报告，或它产生于报告以数据保存之前。`,
      });
    }
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  },
});

/** What of a run's files people may look at over HTTP: not the model, nor what it was made from. */
const SHOWN = [REPORT_PAGE, REPORT_FILE, CARD_FILE];

/** @throws NotFound where the run has no such file, or it is none to be shown */
export function shownFile(workspace: Pick<Workspace, 'runs'>, run: string, name: string): string {
  const { id, directory } = requireRun(workspace, run);
  const path = join(directory, name);
  if (SHOWN.includes(name) && statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  throw new NotFound({
    en: `The run ${id} has no file "${name.slice(0, 100)}" to be shown. There may be: ${SHOWN.join(', ')}.`,
    zh: `运行 ${id} 没有可查看的文件“${name.slice(0, 100)}”。可能有：${SHOWN.join('、')}。`,
  });
}
