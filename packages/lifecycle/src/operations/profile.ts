/** What a table holds, and what is wrong with it: `gradus profile`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { count, plural } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { profileReport, profileTable, SEVERITIES } from '@gradus/data';
import { renderReport } from '@gradus/report';
import { z } from 'zod';
import { field, LocalizedText, source } from './field.ts';
import { type Line, operation, plainLine } from './operation.ts';
import type { Workspace } from './workspace.ts';

/** What programs may rely on of a profile; data/profile/document.ts has all of it. */
export const ProfileOutput = z.looseObject({
  version: z.literal(1),
  source: z.looseObject({ name: z.string(), format: z.string(), bytes: z.number() }),
  rows: z.looseObject({ count: z.number(), sampled: z.number(), isSample: z.boolean() }),
  columns: z.array(
    z.looseObject({
      name: z.string(),
      type: z.string(),
      rows: z.number(),
      missing: z.looseObject({ count: z.number(), share: z.number() }),
      distinct: z.looseObject({ count: z.number(), exact: z.boolean() }),
      unique: z.boolean(),
    }),
  ),
  duplicates: z.looseObject({ rows: z.number(), share: z.number(), exact: z.boolean() }),
  findings: z.array(
    z.looseObject({
      kind: z.string(),
      severity: z.enum(SEVERITIES),
      columns: z.array(z.string()),
      what: LocalizedText,
      todo: LocalizedText,
    }),
  ),
});

export const columnFields = {
  target: field(z.string().min(1).max(500), {
    en: 'the column to be predicted: its balance, and which columns give it away',
    zh: '要预测的列：其分布，以及哪些列会泄露它',
  }).optional(),
  time: field(z.string().min(1).max(500), {
    en: 'the column along which drift is looked for; else the first column of dates',
    zh: '沿其检查漂移的列；默认为第一个日期列',
  }).optional(),
};

const FINDINGS_SHOWN = 20;
const SIGNS = { critical: '!!', warning: ' !', notice: ' ·' } as const;

export const profile = operation({
  name: 'profile',
  title: {
    en: 'look a table over: types, gaps, duplicates, leaks, drift, personal data, and what to do about each',
    zh: '检查一张表：类型、缺失、重复、泄漏、漂移、个人信息，以及各自的处理建议',
  },
  scope: 'admin',
  input: z.strictObject({
    source: source({ en: 'the table: a file, a folder, a database', zh: '表：文件、文件夹或数据库' }),
    ...columnFields,
  }),
  output: ProfileOutput,
  http: { method: 'post', path: '/v1/profile' },
  job: { files: () => ['profile/profile.html', 'profile/profile.json'] },
  writes: {
    title: { en: 'where profile.html and profile.json go', zh: 'profile.html 与 profile.json 的输出目录' },
  },
  cli: {
    command: 'profile',
    positionals: ['source'],
    render: (found, _, wrote) => profileLines(found, join(wrote, 'profile.html')),
  },
  run: async ({ source, target, time }, workspace) => profileInto(workspace, source, { target, time }),
});

/** Profiles a table, and writes the report and the profile itself. */
export async function profileInto(
  workspace: Workspace,
  address: string,
  { target, time }: { readonly target?: string | undefined; readonly time?: string | undefined },
): Promise<z.infer<typeof ProfileOutput>> {
  const { signal, language } = workspace;
  const found = await profileTable(await workspace.source(address), {
    signal,
    ...(target !== undefined && { target }),
    ...(time !== undefined && { time }),
  });
  const { path } = workspace.destination('profile');
  mkdirSync(path, { recursive: true });
  writeWhole(join(path, 'profile.json'), `${JSON.stringify(found, null, 2)}\n`);
  writeWhole(join(path, 'profile.html'), await renderReport(profileReport(found), language));
  return JSON.parse(JSON.stringify(found)) as z.infer<typeof ProfileOutput>;
}

/** @param report Where the page is; undefined where none was written */
export function profileLines(
  { rows, columns, findings }: z.infer<typeof ProfileOutput>,
  report?: string,
): Line[] {
  const rest = findings.length - FINDINGS_SHOWN;
  return [
    {
      en: `${plural(rows.count, 'row')}, ${plural(columns.length, 'column')}; ${plural(findings.length, 'finding')}`,
      zh: `${count(rows.count)} 行，${columns.length} 列；${findings.length} 项发现`,
    },
    ...findings.slice(0, FINDINGS_SHOWN).flatMap(({ severity, what, todo }) => [
      { en: `${SIGNS[severity]} ${what.en}`, zh: `${SIGNS[severity]} ${what.zh}` },
      { en: `     ${todo.en}`, zh: `     ${todo.zh}` },
    ]),
    ...(rest > 0 ? [{ en: `   and ${rest} more`, zh: `   另有 ${rest} 项` }] : []),
    ...(report === undefined ? [] : [plainLine(''), { en: `Report: ${report}`, zh: `报告：${report}` }]),
  ];
}
