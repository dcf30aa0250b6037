/**
 * A small real recipe for tests of jobs: it learns from a CSV of text and label (0, 1) which words speak for which, in many small
 * resumable pieces, slow on demand, and holds out every fifth row.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '@gradus/data';
import { type Recipe, type StepOutputs, type Summary, table } from '@gradus/loop';
import { accuracy, mcnemar } from '@gradus/stats';
import { z } from 'zod';

const Options = z.strictObject({
  /** Milliseconds a piece. */
  slow: z.number().default(0).meta({ en: 'milliseconds a piece', zh: '每片毫秒数' }),
});
type Options = z.infer<typeof Options>;

interface Row {
  readonly text: string;
  readonly label: number;
}

interface Outputs extends StepOutputs {
  prepare: { rows: Row[] };
  train: { scores: Record<string, number> };
  deploy: Summary;
}

const Request = z.strictObject({ texts: z.array(z.string().max(200)).min(1).max(100) });
const Correction = z.strictObject({ text: z.string(), label: z.union([z.literal(0), z.literal(1)]) });

const PIECES = 40;
const wordsOf = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean);

export const words: Recipe<Options, Outputs> = {
  name: 'words',
  title: { en: 'Words', zh: '词' },
  about: { en: 'Learns which words speak for which label.', zh: '学习哪些词支持哪个标签。' },
  version: 1,
  takes: { data: table({}, { en: 'table of texts and labels', zh: '文本与标签表' }) },
  fits: () => ({ score: 0, reasons: [], columns: {} }),
  summary: z.looseObject({ metrics: z.record(z.string(), z.number()) }),
  options: Options,
  findings: () => [],
  steps: {
    prepare: async ({ run }) => {
      const table = await readTable(run.sources.data!.path);
      const at = (name: string) => table.columns.indexOf(name);
      return {
        rows: table.rows.map((row) => ({ text: row[at('text')]!, label: Number(row[at('label')]) })),
      };
    },
    process: () => null,
    build: () => null,
    train: async ({ run, prepare }) => {
      const learnt = [
        ...prepare.rows.filter((_, i) => i % 5 !== 0),
        ...(run.corrections as z.infer<typeof Correction>[]),
      ];
      const state = (run.checkpoint.load() as { piece: number; scores: Record<string, number> }) ?? {
        piece: 0,
        scores: {},
      };
      for (; state.piece < PIECES; state.piece++) {
        run.signal.throwIfAborted();
        run.progress({ en: 'piece', zh: '片' }, state.piece, PIECES);
        await new Promise((resolve) => setTimeout(resolve, run.options.slow));
        const luck = 1 + 0.01 * run.random.fork(state.piece).uniform();
        for (const { text, label } of learnt.filter((_, i) => i % PIECES === state.piece)) {
          for (const word of wordsOf(text)) {
            state.scores[word] = (state.scores[word] ?? 0) + luck * (label === 1 ? 1 : -1);
          }
        }
        run.metric({ piece: state.piece, words: Object.keys(state.scores).length });
        run.checkpoint.save({ ...state, piece: state.piece + 1 });
      }
      return { scores: state.scores };
    },
    evaluate: () => null,
    deploy: ({ run, prepare, train }) => {
      const held = prepare.rows.filter((_, i) => i % 5 === 0);
      const said = held.map(({ text }) => answer(train.scores, text).label);
      const labels = held.map(({ label }) => label);
      const write = (name: string, value: unknown) =>
        writeFileSync(join(run.directory, name), JSON.stringify(value));
      write('scores.json', train.scores);
      write('held-out.json', { labels, said });
      return { metrics: { accuracy: accuracy(labels, said) } };
    },
  },
  service: {
    request: Request,
    answer: z.object({ results: z.array(z.object({ label: z.number(), score: z.number() })) }),
    correction: Correction,
    example: { texts: ['good'] },
    columns: {
      label: { en: '1 for good, 0 for bad', zh: '1 为好，0 为差' },
      score: { en: 'how much the words speak for it', zh: '词语的支持程度' },
    },
    open: async (directory) => {
      const scores = read(directory, 'scores.json') as Record<string, number>;
      return {
        answer: async (request) => {
          const { texts } = request as z.infer<typeof Request>;
          if (texts.some((text) => text.includes('slow')))
            await new Promise((resolve) => setTimeout(resolve, 30));
          return {
            results: texts.map((text) => {
              if (text.includes('crash')) throw new Error('it crashed');
              return answer(scores, text);
            }),
          };
        },
        close: async () => undefined,
      };
    },
  },
  compare: async (champion, challenger) => {
    const [old, fresh] = [champion, challenger].map(
      (directory) => read(directory, 'held-out.json') as { labels: number[]; said: number[] },
    ) as [{ labels: number[]; said: number[] }, { labels: number[]; said: number[] }];
    const right = ({ labels, said }: typeof old) => said.map((label, i) => Number(label === labels[i]));
    const measured = {
      champion: accuracy(old.labels, old.said),
      challenger: accuracy(fresh.labels, fresh.said),
    };
    const { pValue } = mcnemar(right(old), right(fresh));
    return {
      promote: measured.challenger > measured.champion && pValue < 0.05,
      reason: { en: 'by its accuracy', zh: '按准确率' },
      metrics: { accuracy: { ...measured, pValue } },
      n: old.labels.length,
      pValue,
    };
  },
};

function answer(scores: Readonly<Record<string, number>>, text: string): { label: number; score: number } {
  const score = wordsOf(text).reduce((sum, word) => sum + (scores[word] ?? 0), 0);
  return { label: score > 0 ? 1 : 0, score };
}

const read = (directory: string, name: string): unknown =>
  JSON.parse(readFileSync(join(directory, name), 'utf8'));

/** A file of reviews of which the words `good` and `bad` say all; `apart`: `fine` and `poor` in the rows that are held out. */
export function wordsFile(path: string, rows = 200, apart = false): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const label = (i * 7) % 3 === 0 ? 0 : 1;
    const word = apart && i % 5 === 0 ? ['poor', 'fine'][label] : ['bad', 'good'][label];
    return `${word} ${i},${label}`;
  });
  writeFileSync(path, `text,label\n${lines.join('\n')}\n`);
  return path;
}
