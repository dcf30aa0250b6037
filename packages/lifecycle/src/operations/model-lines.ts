/** A registered model: as programs get it, and in lines for a terminal. */
import { z } from 'zod';
import { type Line, plainLine } from './operation.ts';
import { VerdictOutput, verdictLines } from './verdict.ts';

const TensorOutput = z.strictObject({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.union([z.number(), z.string()])),
});

export const ModelSummaryOutput = z.strictObject({
  name: z.string(),
  recipe: z.string(),
  versions: z.int(),
  aliases: z.record(z.string(), z.int()),
  createdAt: z.string(),
});

const VersionOutput = z.strictObject({
  version: z.int(),
  run: z.string(),
  parent: z.string().nullable(),
  data: z.strictObject({
    path: z.string(),
    bytes: z.number(),
    sha256: z.string(),
    corrections: z.number(),
  }),
  signature: z.strictObject({
    inputs: z.array(TensorOutput),
    outputs: z.array(TensorOutput),
    unread: z.string().optional(),
  }),
  metrics: z.record(z.string(), z.number()),
  card: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  aliases: z.array(z.string()),
  createdAt: z.string(),
});

export const ModelOutput = z.strictObject({
  ...ModelSummaryOutput.shape,
  versions: z.array(VersionOutput),
  comparisons: z.array(
    z.strictObject({
      champion: z.string(),
      challenger: z.string(),
      promoted: z.boolean(),
      verdict: VerdictOutput,
      at: z.string(),
    }),
  ),
});

const MOST_COMPARISONS = 3;

export function modelLines({ name, recipe, versions, comparisons }: z.infer<typeof ModelOutput>): Line[] {
  const card = versions.find(({ aliases }) => aliases.includes('champion'))?.card ?? versions[0]?.card;
  return [
    plainLine(`${name}  ${recipe}`),
    ...versions.flatMap(versionLines),
    ...comparisons
      .slice(0, MOST_COMPARISONS)
      .flatMap(({ champion, challenger, at, verdict }) => [
        plainLine(''),
        plainLine(`${champion} → ${challenger}  ${minute(at)}`),
        ...verdictLines(verdict, '  '),
      ]),
    ...(card ? ['', ...card.trimEnd().split('\n')].map(plainLine) : []),
  ];
}

const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

function versionLines({ version, run, parent, data, ...rest }: z.infer<typeof VersionOutput>): Line[] {
  const { signature, metrics, tags, aliases, createdAt } = rest;
  const marks = aliases.map((alias) => `  @${alias}`).join('');
  const titled = (en: string, zh: string, text: string): Line => ({
    en: `  ${en}: ${text}`,
    zh: `  ${zh}: ${text}`,
  });
  const figures = Object.entries(metrics).map(([metric, value]) => `${metric} ${Number(value.toFixed(4))}`);
  return [
    plainLine(''),
    plainLine(`${version}${marks}  ${minute(createdAt)}`),
    {
      en: `  run: ${run}${parent ? `, retrained from ${parent}` : ''}`,
      zh: `  运行: ${run}${parent ? `，由 ${parent} 重新训练` : ''}`,
    },
    titled('data', '数据', `${data.path}  sha256 ${data.sha256.slice(0, 16)}…`),
    ...(signature.unread
      ? [titled('signature', '签名', signature.unread)]
      : [
          titled('takes', '输入', tensors(signature.inputs)),
          titled('gives', '输出', tensors(signature.outputs)),
        ]),
    ...(figures.length > 0 ? [titled('metrics', '指标', figures.join(', '))] : []),
    ...Object.entries(tags).map(([tag, text]) => plainLine(`  ${tag}: ${text}`)),
  ];
}

const tensors = (specs: readonly z.infer<typeof TensorOutput>[]): string =>
  specs.map(({ name, dtype, shape }) => `${name} ${dtype}[${shape.join(', ')}]`).join('; ');
