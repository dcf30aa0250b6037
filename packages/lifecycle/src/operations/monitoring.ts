/** How a served model does: traffic, drift, quality, alarms. */
import { z } from 'zod';
import { overviewOf, qualityWindows } from '../monitoring/overview.ts';
import { windowsOf } from '../monitoring/watches/windows.ts';
import { resolveModel } from '../registry/resolve.ts';
import { field, modelReference } from './field.ts';
import { type Line, operation, plainLine } from './operation.ts';
import type { Workspace } from './workspace.ts';

const days = field(z.number().min(0.01).max(3650), { en: 'of so many days', zh: '最近若干天' });

const WindowOutput = z.strictObject({
  kind: z.enum(['drift', 'quality', 'errors']),
  model: z.string(),
  version: z.string(),
  window: z.int(),
  startedAt: z.string(),
  endedAt: z.string(),
  alarm: z.boolean(),
  alertedAt: z.string().nullable(),
  last: z.string(),
  /** What the watch of this kind found: monitoring/window.ts. */
  report: z.record(z.string(), z.unknown()),
});

const QualityOutput = z.strictObject({
  version: z.string(),
  role: z.enum(['answer', 'shadow']),
  from: z.string(),
  to: z.string(),
  predictions: z.number(),
  outcomes: z.number(),
  corrections: z.number(),
  delay: z.number().nullable(),
  figures: z.array(
    z.strictObject({
      output: z.string(),
      metric: z.string(),
      value: z.number(),
      interval: z.tuple([z.number(), z.number()]),
      n: z.number(),
    }),
  ),
});

const OverviewOutput = z.strictObject({
  model: z.string(),
  predictions: z.strictObject({ logged: z.number(), since: z.string().nullable() }),
  traffic: z.array(
    z.strictObject({
      at: z.string(),
      seconds: z.number(),
      requests: z.number(),
      errors: z.number(),
      shed: z.number(),
      p50: z.number().nullable(),
      p99: z.number().nullable(),
    }),
  ),
  /** Of a large model that is served. */
  tokens: z
    .strictObject({
      since: z.string(),
      texts: z.number(),
      prompt: z.number(),
      reused: z.number(),
      written: z.number(),
      firstToken: z.strictObject({ p50: z.number().nullable(), p99: z.number().nullable() }),
    })
    .optional(),
  drift: z.array(WindowOutput),
  quality: z.array(QualityOutput),
  alarms: z.array(WindowOutput),
  alerts: z.strictObject({
    waiting: z.number(),
    delivered: z.number(),
    failed: z.number(),
    latest: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
  }),
});

const plainJson = <T>(value: unknown): T => JSON.parse(JSON.stringify(value)) as T;

const named = async (workspace: Workspace, model: string): Promise<string> =>
  resolveModel(await workspace.database(), { runs: workspace.runs, reference: model, by: workspace.by });

export const overview = operation({
  name: 'monitoring.show',
  title: {
    en: 'how a model does: traffic, drift, quality, alarms',
    zh: '模型的运行情况：流量、漂移、质量、警报',
  },
  scope: 'read',
  input: z.strictObject({ model: modelReference, days: days.default(7) }),
  output: OverviewOutput,
  http: { method: 'get', path: '/v1/models/:model/monitoring' },
  cli: {
    command: 'monitoring',
    positionals: ['model'],
    render: ({ model, predictions, traffic, quality, alarms }) => {
      const count = (name: 'requests' | 'errors' | 'shed') =>
        traffic.reduce((sum, interval) => sum + interval[name], 0).toLocaleString('en');
      const lines: Line[] = [
        {
          en: `${model}: ${predictions.logged.toLocaleString('en')} predictions in the log`,
          zh: `${model}：日志中有 ${predictions.logged.toLocaleString('en')} 次预测`,
        },
        {
          en: `requests ${count('requests')}, failed ${count('errors')}, turned away ${count('shed')}`,
          zh: `请求 ${count('requests')}，失败 ${count('errors')}，拒绝 ${count('shed')}`,
        },
      ];
      for (const { version, to, outcomes, figures } of quality.slice(0, 5)) {
        const said = figures.map(({ metric, value }) => `${metric} ${value.toFixed(3)}`).join(', ');
        lines.push({
          en: `quality of version ${version} to ${to.slice(0, 10)}: ${said || '–'} (${outcomes} outcomes)`,
          zh: `版本 ${version} 截至 ${to.slice(0, 10)} 的质量：${said || '–'}（${outcomes} 条结果）`,
        });
      }
      if (alarms.length === 0) lines.push({ en: 'No alarms.', zh: '无警报。' });
      for (const { kind, version, endedAt } of alarms.slice(0, 10)) {
        lines.push({
          en: `alarm: ${kind}, version ${version}, ${endedAt.slice(0, 16).replace('T', ' ')}`,
          zh: `警报：${kind}，版本 ${version}，${endedAt.slice(0, 16).replace('T', ' ')}`,
        });
      }
      return lines;
    },
  },
  run: async ({ model, days }, workspace) =>
    plainJson(await overviewOf(await workspace.database(), await named(workspace, model), { days })),
});

export const quality = operation({
  name: 'monitoring.quality',
  title: { en: 'quality by outcomes, version by version', zh: '按结果评估的质量，逐版本' },
  scope: 'read',
  input: z.strictObject({
    model: modelReference,
    by: field(z.enum(['day', 'week']), { en: 'windows', zh: '窗口' }).default('day'),
    days: days.default(30),
  }),
  output: z.array(QualityOutput),
  http: { method: 'get', path: '/v1/models/:model/monitoring/quality', list: 'windows' },
  cli: {
    command: 'monitoring quality',
    positionals: ['model'],
    render: (windows) =>
      windows.map(({ version, role, from, to, outcomes, figures }) =>
        plainLine(
          `${version}  ${role}  ${from.slice(0, 10)} – ${to.slice(0, 10)}  n = ${outcomes}  ${figures.map(({ metric, value }) => `${metric} ${value.toFixed(3)}`).join(', ')}`,
        ),
      ),
  },
  run: async ({ model, by, days }, workspace) =>
    qualityWindows(await workspace.database(), await named(workspace, model), { by, days }),
});

export const drift = operation({
  name: 'monitoring.drift',
  title: { en: 'windows that were tested for drift, the latest first', zh: '已检验漂移的窗口，最新在前' },
  scope: 'read',
  input: z.strictObject({
    model: modelReference,
    limit: field(z.int().min(1).max(1000), { en: 'windows at most', zh: '最多窗口数' }).default(100),
  }),
  output: z.array(WindowOutput),
  http: { method: 'get', path: '/v1/models/:model/monitoring/drift', list: 'windows' },
  cli: {
    command: 'monitoring drift',
    positionals: ['model'],
    render: (windows) =>
      windows.map(({ version, window, endedAt, alarm }) => {
        const head = `${version}  ${window}  ${endedAt.slice(0, 16).replace('T', ' ')}`;
        return { en: head + (alarm ? '  alarm' : ''), zh: head + (alarm ? '  警报' : '') };
      }),
  },
  run: async ({ model, limit }, workspace) =>
    plainJson(
      await windowsOf(await workspace.database(), {
        kind: 'drift',
        model: await named(workspace, model),
        limit,
      }),
    ),
});
