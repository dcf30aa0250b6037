/** Data that was brought into the workspace: uploads of any size, and what can be done with them. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { type Profile, profileTable, streamTable } from '@gradus/data';
import { z } from 'zod';
import {
  Dataset,
  datasetPath,
  deleteDataset,
  findDataset,
  importFile,
  listDatasets,
} from '../datasets/store.ts';
import { abandonUpload, beginUpload, findUpload, Upload } from '../datasets/uploads.ts';
import { field, LocalizedText, source } from './field.ts';
import { type Line, operation, plainLine } from './operation.ts';
import { columnFields, ProfileOutput, profileInto, profileLines } from './profile.ts';
import type { Workspace } from './workspace.ts';

const name = field(z.string().min(1).max(100), { en: "the dataset's name", zh: '数据集名称' });

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

const datasetLines = ({ name, versions }: Dataset): Line[] => [
  plainLine(`dataset:${name}`),
  ...versions
    .toReversed()
    .map(({ createdAt, file, bytes, sha256, by }) =>
      plainLine(
        `  ${createdAt.slice(0, 16).replace('T', ' ')}  ${sha256.slice(0, 12)}  ${file}  ${megabytes(bytes)}  ${by}`,
      ),
    ),
];

export const list = operation({
  name: 'datasets.list',
  title: { en: 'list the datasets of the workspace', zh: '列出工作区的数据集' },
  scope: 'read',
  input: z.strictObject({}),
  output: z.array(Dataset),
  http: { method: 'get', path: '/v1/datasets', list: 'datasets' },
  cli: {
    command: 'datasets',
    render: (datasets): readonly Line[] =>
      datasets.length === 0
        ? [
            {
              note: true,
              en: 'There are no datasets yet. Bring one in with: gradus datasets create NAME FILE',
              zh: '尚无数据集。用 gradus datasets create NAME FILE 导入一个。',
            },
          ]
        : datasets.map(({ name, versions }) => {
            const { file, bytes, createdAt } = versions.at(-1)!;
            return plainLine(
              `dataset:${name}  ${file}  ${megabytes(bytes)}  ${createdAt.slice(0, 16).replace('T', ' ')}`,
            );
          }),
  },
  run: async (_, { runs }) => listDatasets(runs),
});

export const create = operation({
  name: 'datasets.create',
  title: {
    en: 'bring a file into the workspace, as a new dataset or a new version of one; it is dataset:NAME from then on',
    zh: '将文件导入工作区，成为新数据集或已有数据集的新版本；此后以 dataset:NAME 引用',
  },
  scope: 'admin',
  input: z.strictObject({ name, source: source({ en: 'the file', zh: '文件' }) }),
  output: Dataset,
  http: { method: 'post', path: '/v1/datasets', status: 201 },
  cli: {
    command: 'datasets create',
    positionals: ['name', 'source'],
    render: (dataset) => datasetLines(dataset),
  },
  run: async ({ name, source }, workspace) => {
    const { runs, by, signal } = workspace;
    return importFile(runs, name, await workspace.source(source), {
      by,
      signal,
      onProgress: (done, total) =>
        workspace.progress({ step: 'prepare', what: { en: 'copying', zh: '复制' }, done, total }),
    });
  },
});

export const show = operation({
  name: 'datasets.show',
  title: { en: 'show a dataset and its versions', zh: '查看数据集及其版本' },
  scope: 'read',
  input: z.strictObject({ name }),
  output: Dataset,
  http: { method: 'get', path: '/v1/datasets/:name' },
  cli: { command: 'datasets show', positionals: ['name'], render: (dataset) => datasetLines(dataset) },
  run: async ({ name }, { runs }) => findDataset(runs, name),
});

export const remove = operation({
  name: 'datasets.delete',
  title: {
    en: 'delete a dataset with all its versions; runs made from it stay, but cannot be made again',
    zh: '删除数据集及其所有版本；由其产生的运行会保留，但无法重新生成',
  },
  scope: 'admin',
  input: z.strictObject({ name }),
  output: z.strictObject({ removed: z.string() }),
  http: { method: 'delete', path: '/v1/datasets/:name' },
  cli: {
    command: 'datasets delete',
    positionals: ['name'],
    render: ({ removed }) => [{ en: `Removed: ${removed}`, zh: `已移除：${removed}` }],
  },
  run: async ({ name }, { runs }) => {
    deleteDataset(runs, name);
    return { removed: name };
  },
});

const MOST_ROWS = 1000;
const LAST_ROW = 10_000_000;

export const rows = operation({
  name: 'datasets.rows',
  title: { en: 'show rows of a dataset', zh: '查看数据集的行' },
  scope: 'read',
  input: z.strictObject({
    name,
    offset: field(z.int().min(0).max(LAST_ROW), { en: 'rows passed over', zh: '跳过的行数' }).default(0),
    limit: field(z.int().min(1).max(MOST_ROWS), { en: 'rows at most', zh: '最多行数' }).default(20),
  }),
  output: z.strictObject({
    columns: z.array(z.string()),
    rows: z.array(z.strictObject({ row: z.number(), cells: z.array(z.string()) })),
    /** Whether there are more behind them. */
    more: z.boolean(),
  }),
  http: { method: 'get', path: '/v1/datasets/:name/rows' },
  cli: {
    command: 'datasets rows',
    positionals: ['name'],
    render: ({ columns, rows }) => [
      plainLine(columns.join('\t')),
      ...rows.map(({ cells }) => plainLine(cells.join('\t'))),
    ],
  },
  run: async ({ name, offset, limit }, { runs, signal }) => {
    const found: { row: number; cells: string[] }[] = [];
    let columns: readonly string[] = [];
    let seen = 0;
    for await (const batch of streamTable(datasetPath(runs, `dataset:${name}`), signal)) {
      columns = batch.columns;
      for (const { row, cells, reason } of batch.rows) {
        if (reason !== undefined) continue;
        if (seen++ < offset) continue;
        if (found.length === limit) return { columns: [...columns], rows: found, more: true };
        found.push({ row, cells: [...cells] });
      }
    }
    return { columns: [...columns], rows: found, more: false };
  },
});

export const profile = operation({
  name: 'datasets.profile',
  title: {
    en: 'look a dataset over, as gradus profile does a file',
    zh: '检查数据集（同 gradus profile 检查文件）',
  },
  scope: 'admin',
  input: z.strictObject({ name, ...columnFields }),
  output: ProfileOutput,
  http: { method: 'post', path: '/v1/datasets/:name/profile' },
  job: { files: () => ['profile/profile.html', 'profile/profile.json'] },
  writes: {
    title: { en: 'where profile.html and profile.json go', zh: 'profile.html 与 profile.json 的输出目录' },
  },
  cli: {
    command: 'datasets profile',
    positionals: ['name'],
    render: (found, _, wrote) => profileLines(found, join(wrote, 'profile.html')),
  },
  run: async ({ name, ...columns }, workspace) => profileInto(workspace, `dataset:${name}`, columns),
});

const Fits = z.array(
  z.strictObject({
    recipe: z.string(),
    title: LocalizedText,
    score: z.number(),
    reasons: z.array(LocalizedText),
    columns: z.record(z.string(), z.string()),
    command: z.string(),
  }),
);

export const fits = operation({
  name: 'datasets.fits',
  title: {
    en: 'which recipes fit a dataset, best first, and why',
    zh: '哪些配方适合此数据集（由好到差）及原因',
  },
  scope: 'admin',
  input: z.strictObject({ name }),
  output: Fits,
  http: { method: 'post', path: '/v1/datasets/:name/fits' },
  job: {},
  cli: { command: 'datasets fits', positionals: ['name'], render: (found) => fitLines(found) },
  run: async ({ name }, workspace) => {
    const path = datasetPath(workspace.runs, `dataset:${name}`);
    return fitsOf(workspace, await keptProfile(path, workspace.signal), `dataset:${name}`);
  },
});

/** A version never changes, so neither does its profile: it is kept beside the file. */
async function keptProfile(path: string, signal: AbortSignal): Promise<Profile> {
  const kept = join(dirname(path), `.profile-${basename(path)}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as Profile;
  const found = await profileTable(path, { signal });
  writeWhole(kept, JSON.stringify(found));
  return found;
}

export function fitsOf(
  { recipes }: Pick<Workspace, 'recipes'>,
  profile: Profile,
  address: string,
): z.infer<typeof Fits> {
  return recipes
    .map((recipe) => ({ recipe, fit: recipe.fits(profile) }))
    .sort((a, b) => b.fit.score - a.fit.score)
    .map(({ recipe: { name, title }, fit: { score, reasons, columns } }) => ({
      recipe: name,
      title: { ...title },
      score,
      reasons: reasons.map((reason) => ({ ...reason })),
      columns: { ...columns },
      command: `gradus ${name} ${shellWord(address)}`,
    }));
}

/** As a shell reads it. */
const shellWord = (text: string): string =>
  /^[\p{L}\p{N}@%+=:,./_-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

export const fitLines = (found: z.infer<typeof Fits>): Line[] => {
  const fitting = found.filter(({ score }) => score > 0);
  if (fitting.length === 0) {
    return [{ en: 'No ready-made recipe fits this table.', zh: '没有现成的配方适合此表。' }];
  }
  return fitting.flatMap(({ title, reasons, command }) => [
    title,
    ...reasons.map(({ en, zh }) => ({ en: `  ${en}`, zh: `  ${zh}` })),
    plainLine(`    ${command}`),
  ]);
};

const SHA256 = /^[0-9a-f]{64}$/i;
const UploadOutput = z.strictObject({ ...Upload.shape, offset: z.number() });
const uploadId = field(z.string().min(1).max(60), { en: 'the upload', zh: '上传的 id' });

/** The bytes themselves are sent by PATCH /v1/uploads/ID, which is no JSON: the server and the client have it by hand. */
export const beginsUpload = operation({
  name: 'uploads.create',
  title: {
    en: 'begin an upload, of any size: PATCH its address with the bytes and the header Upload-Offset; broken off, GET says how far it is, and it goes on from there',
    zh: '开始一次任意大小的上传：以 PATCH 向其地址发送字节，并带标头 Upload-Offset；中断后以 GET 查询进度，并从该处继续',
  },
  scope: 'admin',
  input: z.strictObject({
    dataset: name,
    file: field(z.string().min(1).max(300), { en: "the file's name", zh: '文件名' }),
    bytes: field(z.int().min(1), { en: 'its size', zh: '文件大小（字节）' }),
    sha256: field(z.string().regex(SHA256), {
      en: 'of the whole, in hexadecimal: what arrives is checked against it',
      zh: '整个文件的 SHA-256（十六进制），用于校验收到的内容',
    }).optional(),
  }),
  output: UploadOutput,
  http: { method: 'post', path: '/v1/uploads', status: 201 },
  run: async (requested, { runs, by }) => beginUpload(runs, requested, by),
});

export const showUpload = operation({
  name: 'uploads.show',
  title: { en: 'how far an upload is', zh: '上传的进度' },
  scope: 'admin',
  input: z.strictObject({ id: uploadId }),
  output: UploadOutput,
  http: { method: 'get', path: '/v1/uploads/:id' },
  run: async ({ id }, { runs }) => findUpload(runs, id),
});

export const abandonsUpload = operation({
  name: 'uploads.delete',
  title: { en: 'give an upload up', zh: '放弃一次上传' },
  scope: 'admin',
  input: z.strictObject({ id: uploadId }),
  output: z.strictObject({ removed: z.string() }),
  http: { method: 'delete', path: '/v1/uploads/:id' },
  run: async ({ id }, { runs }) => {
    findUpload(runs, id);
    abandonUpload(runs, id);
    return { removed: id };
  },
});
