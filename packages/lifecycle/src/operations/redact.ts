/** A table without its personal data: `gradus redact`. */
import { count as counted, plural } from '@gradus/base';
import { KIND_NAMES, PERSONAL_KINDS, PSEUDONYM_KEY, pseudonyms, redactFile } from '@gradus/data';
import { z } from 'zod';
import { field, LocalizedText, source } from './field.ts';
import { type Line, operation } from './operation.ts';

export const redact = operation({
  name: 'redact',
  title: {
    en: `write a table again without its personal data: tags such as [PHONE], or, with a key of your own in ${PSEUDONYM_KEY}, a pseudonym that is the same for the same person`,
    zh: `重写一张表并去除个人信息：替换为 [PHONE] 等标签；若 ${PSEUDONYM_KEY} 中有您自己的密钥，则替换为同一人始终相同的假名`,
  },
  scope: 'admin',
  input: z.strictObject({
    source: source({ en: 'the table', zh: '表' }),
    kinds: field(z.array(z.enum(PERSONAL_KINDS)).min(1), {
      en: 'what is to go; default all',
      zh: '要去除的类别；默认全部',
    }).optional(),
  }),
  output: z.strictObject({
    out: z.string(),
    rows: z.number(),
    replaced: z.partialRecord(z.enum(PERSONAL_KINDS), z.number()),
    setAside: z.strictObject({
      count: z.number(),
      first: z.strictObject({ line: z.number(), reason: LocalizedText }).optional(),
    }),
    plan: z.unknown(),
  }),
  http: { method: 'post', path: '/v1/redact' },
  job: { files: ({ out }) => [out] },
  writes: { title: { en: 'the CSV file to write', zh: '要写入的 CSV 文件' }, isRequired: true },
  cli: {
    command: 'redact',
    positionals: ['source'],
    render: ({ out, rows, replaced, setAside }) => {
      const lines: Line[] = PERSONAL_KINDS.flatMap((kind) => {
        const count = replaced[kind]?.toLocaleString('en');
        const { en, zh } = KIND_NAMES[kind];
        return count === undefined ? [] : [{ en: `${en}: ${count} replaced`, zh: `${zh}：替换 ${count} 处` }];
      });
      const { count, first } = setAside;
      if (first) {
        lines.push({
          note: true,
          en: `Left out: ${plural(count, 'row')} that cannot be read; line ${first.line}: ${first.reason.en}`,
          zh: `${count} 行无法读取，未写入；第 ${first.line} 行：${first.reason.zh}`,
        });
      }
      lines.push({
        en: `${plural(rows, 'row')}: ${out}. What no detector knows is still in it: have somebody read a few rows before you share it.`,
        zh: `${counted(rows)} 行：${out}。检测器不认识的内容仍在其中：分享前请人工查看若干行。`,
      });
      return lines;
    },
  },
  run: async ({ source, kinds }, workspace) => {
    const key = process.env[PSEUDONYM_KEY];
    const { path, name } = workspace.destination('redacted.csv');
    const done = await redactFile(await workspace.source(source), path, {
      signal: workspace.signal,
      ...(kinds !== undefined && { kinds }),
      ...(key !== undefined && { replace: pseudonyms(key) }),
    });
    return { out: name, ...done };
  },
});
