/** The README of an export: what it is and how to run it, in English, then the same in Chinese. */
import { LANGUAGES, type Language, type Localized } from '@gradus/base';
import { MODEL_FILE } from '@gradus/loop';
import type { ModelSignature, TensorType } from '../model-file.ts';
import { DATATYPES } from '../open-inference/tensors.ts';
import { type Exported, handOverOf, requireSignature } from './exported.ts';

export interface ReadmeBlock {
  readonly say: Localized;
  readonly code?: string;
}

export async function readme(options: {
  readonly title: Localized;
  readonly exported: Exported;
  readonly blocks: readonly ReadmeBlock[];
}): Promise<string> {
  const { title, exported, blocks } = options;
  const last = exported.versions.at(-1)!;
  const [signature, handOver] = [await requireSignature(last), await handOverOf(exported, last)];
  return LANGUAGES.map((language) => {
    const parts = [
      `# ${title[language]}`,
      MADE[language]({ run: last.run.id, at: last.run.createdAt, versions: exported.versions }),
      ...blocks.flatMap(({ say, code }) => [say[language], ...(code ? [fenced(code)] : [])]),
      `## ${TENSORS[language]}`,
      ...tensors(signature, language),
      ...(handOver ? [`## ${OUTSIDE[language]}`, handOver.notes[language]] : []),
    ];
    return `${parts.join('\n\n')}\n`;
  }).join('\n---\n\n');
}

const fenced = (code: string): string => `\`\`\`sh\n${code}\n\`\`\``;

const TENSORS: Localized = { en: `What ${MODEL_FILE} takes and gives`, zh: `${MODEL_FILE} 的输入与输出` };
const OUTSIDE: Localized = { en: 'What the graph does not hold', zh: '图中没有的部分' };

const MADE: Record<Language, (made: { run: string; at: string; versions: Exported['versions'] }) => string> =
  {
    en: ({ run, at, versions }) =>
      `Made by Gradus from the run \`${run}\` of ${at.slice(0, 10)}.${versions.length > 1 ? ` Versions: ${numbers(versions)}.` : ''}`,
    zh: ({ run, at, versions }) =>
      `由 Gradus 根据 ${at.slice(0, 10)} 的运行 \`${run}\` 生成。${versions.length > 1 ? `版本：${numbers(versions)}。` : ''}`,
  };

const numbers = (versions: Exported['versions']): string => versions.map(({ number }) => number).join(', ');

function tensors({ inputs, outputs }: ModelSignature, language: Language): string[] {
  const heads: Localized = { en: '| | name | type | shape |', zh: '| | 名称 | 类型 | 形状 |' };
  const roles = { en: ['input', 'output'], zh: ['输入', '输出'] }[language] as [string, string];
  const rows = (role: string, types: Readonly<Record<string, TensorType>>) =>
    Object.entries(types).map(
      ([name, { dtype, shape }]) =>
        `| ${role} | \`${name}\` | ${dtype} (${DATATYPES[dtype]}) | [${shape.join(', ')}] |`,
    );
  const table = [
    heads[language],
    '| --- | --- | --- | --- |',
    ...rows(roles[0], inputs),
    ...rows(roles[1], outputs),
  ];
  const open: Localized = {
    en: 'A name in a shape is a size that each request chooses.',
    zh: '形状中的名称是由每次请求决定的大小。',
  };
  return [table.join('\n'), open[language]];
}
