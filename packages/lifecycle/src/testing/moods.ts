/** A small real recipe for tests of monitoring: it reads a text's mood from its length, and says what it is like. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import {
  type Described,
  type FoundRun,
  REFERENCE_FILE,
  type Recipe,
  referenceJson,
  type Service,
  texts,
} from '@gradus/loop';
import { z } from 'zod';
import { makeRun } from './runs.ts';

const Request = z.strictObject({ texts: z.array(z.string()).min(1).max(1000) });

interface Answer {
  readonly results: readonly { readonly mood: 'good' | 'bad'; readonly text: string }[];
}

const service: Service = {
  correctionOf: (request, row, outcome) => {
    const text = (request as z.infer<typeof Request>).texts[row];
    const mood = typeof outcome === 'object' ? (outcome as { mood: unknown }).mood : outcome;
    return text?.endsWith('…') ? undefined : { text, mood };
  },
  answer: async (request): Promise<Answer> => {
    const { texts } = request as z.infer<typeof Request>;
    if (texts.includes('fail')) throw new Error('on purpose');
    return { results: texts.map((text) => ({ mood: text.length > 20 ? 'good' : 'bad', text })) };
  },
  describe: (request, answer): Described[] =>
    (request as z.infer<typeof Request>).texts.map((text, i) => ({
      inputs: { length: text.length, first: text[0] ?? null },
      outputs: { mood: (answer as Answer).results[i]!.mood },
    })),
  close: async () => undefined,
};

export const moods: Recipe = {
  name: 'moods',
  title: { en: 'Moods', zh: '情绪' },
  about: { en: "Reads a text's mood from its length.", zh: '由文本长度判断情绪。' },
  version: 1,
  takes: { data: texts({ en: 'texts', zh: '文本' }) },
  fits: () => ({ score: 0, reasons: [], columns: {} }),
  summary: z.looseObject({ metrics: z.record(z.string(), z.number()) }),
  options: z.object({}),
  findings: () => [],
  steps: {
    prepare: () => null,
    process: () => null,
    build: () => null,
    train: () => null,
    evaluate: () => null,
    deploy: () => ({ metrics: {} }),
  },
  service: {
    request: Request,
    answer: z.object({ results: z.array(z.object({ mood: z.enum(['good', 'bad']), text: z.string() })) }),
    correction: z.strictObject({ text: z.string(), mood: z.enum(['good', 'bad']) }),
    example: { texts: ['a text of more than twenty characters'] },
    columns: { mood: { en: 'good or bad', zh: 'good（好）或 bad（差）' } },
    open: async () => service,
  },
  compare: async () => ({
    promote: true,
    reason: { en: 'it is newer', zh: '更新' },
    metrics: {},
    n: 1,
    pValue: 1,
  }),
};

/** Texts of lengths around a mean, which begin with a, b or c. */
export function textsOf(random: Random, n: number, meanLength = 20): string[] {
  return Array.from({ length: n }, () =>
    'abc'[random.below(3)]!.repeat(Math.max(1, Math.round(random.normal(meanLength, 5)))),
  );
}

/** A finished run of it; its reference is of texts like `textsOf` gives. */
export async function moodsRun(runs: string, { reference = true } = {}): Promise<FoundRun> {
  const run = makeRun(runs, 'moods-1', { recipe: 'moods' });
  if (reference) {
    const request = { texts: textsOf(new Random(7), 1000) };
    const rows = service.describe!(request, await service.answer(request));
    const source = { en: 'held-out texts', zh: '留出的文本' };
    writeFileSync(join(run.directory, REFERENCE_FILE), referenceJson({ source, rows }));
  }
  return run;
}
