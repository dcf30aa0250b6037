/** A model handed over to another engine. */
import { relative } from 'node:path';
import { z } from 'zod';
import { exportModel, TARGET_TITLES, type TargetName } from '../export/export.ts';
import { field, reference } from './field.ts';
import { operation } from './operation.ts';

const NAMES = Object.keys(TARGET_TITLES) as [TargetName, ...TargetName[]];

export const exported = operation({
  name: 'export',
  title: {
    en: 'hand a model over to another engine as files it serves as they are: a run, a registered model’s name (its champion, with the versions before it), or a URI',
    zh: '将模型以文件形式移交给其他引擎直接提供服务：一次运行、已注册模型的名称（其冠军及之前的版本）或 URI',
  },
  scope: 'admin',
  input: z.strictObject({
    model: reference({ en: 'the model', zh: '模型' }),
    to: field(z.enum(NAMES), { en: 'the other engine', zh: '目标引擎' }),
    storageUri: field(z.string().min(1).max(2000), {
      en: 'for kserve: where the model repository will be, say s3://BUCKET/PATH',
      zh: '用于 kserve：模型仓库将位于何处，如 s3://BUCKET/PATH',
    }).optional(),
  }),
  output: z.strictObject({
    directory: z.string(),
    name: z.string(),
    versions: z.array(z.number()),
    files: z.array(z.string()),
  }),
  http: { method: 'post', path: '/v1/export' },
  job: { files: ({ directory, files }) => files.map((file) => `${directory}/${file}`) },
  writes: {
    title: {
      en: 'the folder to be made; the default is named after model and target',
      zh: '要创建的文件夹；默认以模型和目标命名',
    },
  },
  cli: {
    command: 'export',
    positionals: ['model'],
    render: ({ directory, files }, { to }) => [
      {
        en: `${directory}: ${files.length} files, for ${TARGET_TITLES[to].en}. README.md says how to use them.`,
        zh: `${directory}：${files.length} 个文件，用于${TARGET_TITLES[to].zh}。用法见 README.md。`,
      },
    ],
  },
  run: async (requested, workspace) => {
    const { runs, recipes, job } = workspace;
    const done = await exportModel(await workspace.database(), {
      ...requested,
      runs,
      recipes,
      out: (name) => workspace.destination(`${name}-${requested.to}`).path,
    });
    return { ...done, directory: job ? relative(job.directory, done.directory) : done.directory };
  },
});
