/** The registry: models, versions, aliases, tags, and who answers whom. */
import { plural } from '@gradus/base';
import { z } from 'zod';
import { deleteAlias, promote as promoteVersion, rollback as rollBack } from '../registry/aliases.ts';
import { listModels, showModel } from '../registry/models.ts';
import { describeRun, register as registerRun } from '../registry/register.ts';
import { resolveRun } from '../registry/resolve.ts';
import { setTag } from '../registry/tags.ts';
import { setTraffic, trafficOf } from '../registry/traffic.ts';
import { field, modelName, reference } from './field.ts';
import { ModelOutput, ModelSummaryOutput, modelLines } from './model-lines.ts';
import { type Line, operation, plainLine } from './operation.ts';

export const list = operation({
  name: 'models.list',
  title: { en: 'list the registered models, and who is champion', zh: '列出已注册的模型及各自的冠军' },
  scope: 'read',
  input: z.strictObject({}),
  output: z.array(ModelSummaryOutput),
  http: { method: 'get', path: '/v1/models', list: 'models' },
  cli: {
    command: 'models',
    render: (models): readonly Line[] =>
      models.length === 0
        ? [
            {
              note: true,
              en: 'No model is registered yet. Register one with: gradus register RUN NAME',
              zh: '尚未注册任何模型。注册：gradus register RUN NAME',
            },
          ]
        : models.map(({ name, recipe, versions, aliases }) => {
            const marks = Object.entries(aliases).map(([alias, version]) => `@${alias} ${version}`);
            const line = (count: string) => [name, recipe, count, ...marks].join('  ');
            return { en: line(plural(versions, 'version')), zh: line(`${versions} 个版本`) };
          }),
  },
  run: async (_, workspace) => listModels(await workspace.database()),
});

export const show = operation({
  name: 'models.show',
  title: {
    en: 'show a model: versions, where each comes from, what it takes and gives, its card',
    zh: '查看模型：各版本、来源、输入与输出、模型卡',
  },
  scope: 'read',
  input: z.strictObject({ model: modelName }),
  output: ModelOutput,
  http: { method: 'get', path: '/v1/models/:model' },
  cli: { command: 'models show', positionals: ['model'], render: (model) => modelLines(model) },
  run: async ({ model }, workspace) => showModel(await workspace.database(), model),
});

export const register = operation({
  name: 'models.register',
  title: { en: 'register a run as the next version of a model', zh: '将一次运行注册为模型的下一个版本' },
  scope: 'admin',
  input: z.strictObject({
    run: reference({
      en: 'a run’s id, the beginning of one, "latest", or a URI',
      zh: '运行的 id、id 的开头、"latest" 或 URI',
    }),
    model: modelName,
    tags: field(z.record(z.string(), z.string()), {
      en: 'a note on the version: NAME=TEXT',
      zh: '版本的备注：NAME=TEXT',
    }).default({}),
  }),
  output: z.strictObject({ model: z.string(), version: z.int(), run: z.string() }),
  http: { method: 'post', path: '/v1/models/:model/versions', status: 201 },
  cli: {
    command: 'register',
    positionals: ['run', 'model'],
    flags: { tags: 'tag' },
    render: ({ run, model, version }) => [
      {
        en: `${run} is version ${version} of ${model}. Let it serve with: gradus promote ${model} ${version}`,
        zh: `${run} 是 ${model} 的第 ${version} 版。让它提供服务：gradus promote ${model} ${version}`,
      },
    ],
  },
  run: async ({ run: named, model, tags }, workspace) => {
    const database = await workspace.database();
    const run = await resolveRun(database, workspace.runs, named);
    const version = await registerRun(database, { model, run: describeRun(run), tags, by: workspace.by });
    return { model, version, run: run.id };
  },
});

const version = field(z.int().min(1), { en: "the version's number", zh: '版本号' });
const alias = field(z.string().min(1).max(100), {
  en: 'another alias than champion',
  zh: '不使用 champion，而使用其他别名',
}).default('champion');
const Aliased = z.strictObject({ model: z.string(), alias: z.string(), version: z.int() });

export const promote = operation({
  name: 'models.promote',
  title: {
    en: 'make a version the champion; a running server changes over within a second',
    zh: '将某个版本设为冠军；运行中的服务器会在一秒内切换',
  },
  scope: 'admin',
  input: z.strictObject({ model: modelName, version, alias }),
  output: Aliased,
  http: { method: 'post', path: '/v1/models/:model/promote' },
  cli: {
    command: 'promote',
    positionals: ['model', 'version'],
    render: ({ model, alias, version }) => [
      {
        en: `models:/${model}@${alias} is version ${version} now.`,
        zh: `models:/${model}@${alias} 现在是第 ${version} 版。`,
      },
    ],
  },
  run: async (move, workspace) => {
    await promoteVersion(await workspace.database(), { ...move, by: workspace.by });
    return move;
  },
});

export const rollback = operation({
  name: 'models.rollback',
  title: {
    en: 'give the champion’s place back to the version that had it before',
    zh: '将冠军之位交还给之前的版本',
  },
  scope: 'admin',
  input: z.strictObject({ model: modelName, alias }),
  output: Aliased,
  http: { method: 'post', path: '/v1/models/:model/rollback' },
  cli: {
    command: 'rollback',
    positionals: ['model'],
    render: ({ model, alias, version }) => [
      {
        en: `models:/${model}@${alias} is version ${version} again.`,
        zh: `models:/${model}@${alias} 恢复为第 ${version} 版。`,
      },
    ],
  },
  run: async (move, workspace) => ({
    ...move,
    version: await rollBack(await workspace.database(), { ...move, by: workspace.by }),
  }),
});

export const removeAlias = operation({
  name: 'aliases.remove',
  title: { en: 'take an alias away from a model', zh: '移除模型的某个别名' },
  scope: 'admin',
  input: z.strictObject({
    model: modelName,
    alias: field(z.string().min(1).max(100), { en: 'the alias', zh: '别名' }),
  }),
  output: z.strictObject({ removed: z.string() }),
  http: { method: 'delete', path: '/v1/models/:model/aliases/:alias' },
  cli: {
    command: 'aliases remove',
    positionals: ['model', 'alias'],
    render: ({ removed }) => [{ en: `Removed: ${removed}`, zh: `已移除：${removed}` }],
  },
  run: async ({ model, alias }, workspace) => {
    await deleteAlias(await workspace.database(), { model, alias, by: workspace.by });
    return { removed: alias };
  },
});

export const aliases = operation({
  name: 'aliases.list',
  title: { en: "list a model's aliases, and the version of each", zh: '列出模型的别名及其版本' },
  scope: 'read',
  input: z.strictObject({ model: modelName }),
  output: z.record(z.string(), z.int()),
  http: { method: 'get', path: '/v1/models/:model/aliases' },
  cli: {
    command: 'aliases',
    positionals: ['model'],
    render: (found) => Object.entries(found).map(([name, number]) => plainLine(`@${name}  ${number}`)),
  },
  run: async ({ model }, workspace) => (await showModel(await workspace.database(), model)).aliases,
});

const tagName = field(z.string().min(1).max(100), { en: "the note's name", zh: '备注名称' });
const Tagged = z.strictObject({
  model: z.string(),
  version: z.int(),
  name: z.string(),
  value: z.string().nullable(),
});

export const tag = operation({
  name: 'tags.set',
  title: { en: 'note something about a version', zh: '为某个版本添加备注' },
  scope: 'admin',
  input: z.strictObject({
    model: modelName,
    version,
    name: tagName,
    value: field(z.string().max(5000), { en: 'the text', zh: '文本' }),
  }),
  output: Tagged,
  http: { method: 'put', path: '/v1/models/:model/versions/:version/tags/:name' },
  cli: {
    command: 'tags set',
    positionals: ['model', 'version', 'name', 'value'],
    render: ({ model, version, name, value }) => [plainLine(`${model} ${version}  ${name}: ${value}`)],
  },
  run: async (note, workspace) => {
    await setTag(await workspace.database(), { ...note, by: workspace.by });
    return note;
  },
});

export const untag = operation({
  name: 'tags.remove',
  title: { en: 'take a note away from a version', zh: '移除某个版本的备注' },
  scope: 'admin',
  input: z.strictObject({ model: modelName, version, name: tagName }),
  output: Tagged,
  http: { method: 'delete', path: '/v1/models/:model/versions/:version/tags/:name' },
  cli: {
    command: 'tags remove',
    positionals: ['model', 'version', 'name'],
    render: ({ name }) => [{ en: `Removed: ${name}`, zh: `已移除：${name}` }],
  },
  run: async (which, workspace) => {
    const note = { ...which, value: null };
    await setTag(await workspace.database(), { ...note, by: workspace.by });
    return note;
  },
});

const Share = z.strictObject({ version: z.string(), percent: z.number() });
const TrafficOutput = z.strictObject({ model: z.string(), answer: z.array(Share), shadow: z.array(Share) });
type TrafficOutput = z.infer<typeof TrafficOutput>;

const percents = z.record(z.string().min(1).max(100), z.number().min(0).max(100));
const toShares = (all: Readonly<Record<string, number>>) =>
  Object.entries(all).map(([name, percent]) => ({ version: name, percent }));

const trafficLines = ({ answer, shadow }: TrafficOutput): Line[] => [
  ...answer.map(({ version, percent }) => plainLine(`${version}: ${percent} %`)),
  ...shadow.map(({ version, percent }) => ({
    en: `${version}: ${percent} % (shadow)`,
    zh: `${version}: ${percent} % (影子)`,
  })),
];

const ALL_TO_CHAMPION = { answer: [{ version: 'champion', percent: 100 }], shadow: [] };

/** In a command `gradus traffic MODEL` without shares shows them. */
export const showTraffic = operation({
  name: 'traffic.show',
  title: { en: "how a model's requests are shared among its versions", zh: '模型请求在各版本间的分配' },
  scope: 'read',
  input: z.strictObject({ model: modelName }),
  output: TrafficOutput,
  http: { method: 'get', path: '/v1/models/:model/traffic' },
  run: async ({ model }, workspace) => {
    const database = await workspace.database();
    await showModel(database, model);
    return { model, ...((await trafficOf(database, model)) ?? ALL_TO_CHAMPION) };
  },
});

export const changeTraffic = operation({
  name: 'traffic.set',
  title: {
    en: 'share the requests among versions, as VERSION=PERCENT (an alias or a number); without shares, show it. A user named in the header x-user-id keeps their version',
    zh: '按 VERSION=PERCENT（别名或版本号）在各版本间分配请求；不给出份额时显示当前分配。标头 x-user-id 指明的用户始终使用同一版本',
  },
  scope: 'admin',
  input: z.strictObject({
    model: modelName,
    shares: field(percents, { en: 'the shares, 100 in all', zh: '各份额，合计 100' }).optional(),
    shadow: field(percents, {
      en: 'versions that get this share of the requests as well, and whose answers nobody sees',
      zh: '另外获得此份额请求的影子版本，其回答不会被看到',
    }).optional(),
    reset: field(z.boolean(), { en: 'all to the champion again', zh: '全部恢复给冠军' }).optional(),
  }),
  output: TrafficOutput,
  http: { method: 'put', path: '/v1/models/:model/traffic' },
  cli: { command: 'traffic', positionals: ['model', 'shares'], render: (traffic) => trafficLines(traffic) },
  run: async ({ model, shares = {}, shadow = {}, reset = false }, workspace) => {
    const database = await workspace.database();
    const [answer, shadows] = [toShares(shares), toShares(shadow)];
    if (reset || answer.length > 0 || shadows.length > 0) {
      const traffic = { answer: answer.length > 0 ? answer : ALL_TO_CHAMPION.answer, shadow: shadows };
      await setTraffic(database, { model, traffic: reset ? undefined : traffic, by: workspace.by });
    }
    return showTraffic.run({ model }, workspace);
  },
});
