/** Which version this is, and what the machine is like: `gradus version`, `gradus doctor`. */
import { VERSION } from '@gradus/base';
import { z } from 'zod';
import { examine } from '../machine/doctor.ts';
import { LocalizedText } from './field.ts';
import { type Line, operation, plainLine } from './operation.ts';

export const version = operation({
  name: 'version',
  title: { en: 'which version this is', zh: '版本信息' },
  scope: 'read',
  input: z.strictObject({}),
  output: z.strictObject({ gradus: z.string(), node: z.string(), recipes: z.array(z.string()) }),
  http: { method: 'get', path: '/v1/version' },
  cli: {
    command: 'version',
    render: ({ gradus, node, recipes }) => [
      plainLine(`gradus ${gradus}, node ${node}: ${recipes.join(', ')}`),
    ],
  },
  run: async (_, { recipes }) => ({
    gradus: VERSION,
    node: process.version,
    recipes: recipes.map(({ name }) => name),
  }),
});

const SIGNS = { good: '✓', note: '·', bad: '✗' } as const;

export const doctor = operation({
  name: 'doctor',
  title: {
    en: 'look this machine over, and print a block to paste into a report of a fault',
    zh: '检查本机环境，并打印可粘贴到问题报告中的信息',
  },
  scope: 'admin',
  input: z.strictObject({}),
  output: z.array(
    z.strictObject({
      name: z.string(),
      title: LocalizedText,
      found: LocalizedText,
      state: z.enum(['good', 'note', 'bad']),
      advice: LocalizedText.optional(),
    }),
  ),
  http: { method: 'get', path: '/v1/doctor', list: 'checks' },
  cli: {
    command: 'doctor',
    render: (checks) =>
      checks.flatMap(({ title, found, state, advice }): Line[] => [
        { en: `${SIGNS[state]} ${title.en}: ${found.en}`, zh: `${SIGNS[state]} ${title.zh}：${found.zh}` },
        ...(advice ? [{ en: `    ${advice.en}`, zh: `    ${advice.zh}` }] : []),
      ]),
  },
  run: async (_, { runs }) => examine(VERSION, runs),
});
