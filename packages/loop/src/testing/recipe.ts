/**
 * A small real recipe for tests of the loop, and a program that runs it: `node recipe.ts INPUT RUNS [SLOW_MS]`. It adds up
 * the numbers in a file, with noise, in many small resumable pieces.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { folder, type Recipe, runLoop, type StepOutputs, type Summary } from '../index.ts';

interface Outputs extends StepOutputs {
  prepare: { numbers: Float64Array };
  process: { noise: number };
  build: null;
  train: { total: number };
  evaluate: { mean: number };
  deploy: Summary;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const sums = (slow: number): Recipe<{ pieces: number }, Outputs> => ({
  name: 'sums',
  title: { en: 'Sums', zh: '求和' },
  about: { en: 'Adds up the numbers of a file, with noise.', zh: '对文件中的数字求和，并加入噪声。' },
  version: 1,
  takes: { data: folder({ en: 'file of numbers', zh: '数字文件' }) },
  fits: () => ({ score: 0, reasons: [], columns: {} }),
  summary: z.object({ metrics: z.object({ total: z.number(), mean: z.number() }) }),
  options: z.object({ pieces: z.number() }),
  findings: ({ metrics }) => [{ en: `total ${metrics.total}`, zh: `总和 ${metrics.total}` }],
  steps: {
    prepare: async ({ run }) => {
      await pause(slow);
      run.metric({ read: 1 });
      return {
        numbers: Float64Array.from(readFileSync(run.sources.data!.path, 'utf8').trim().split('\n'), Number),
      };
    },
    process: ({ run }) => ({ noise: run.random.normal() }),
    build: () => null,
    train: async ({ run, prepare, process }) => {
      const state = (run.checkpoint.load() as { piece: number; total: number }) ?? { piece: 0, total: 0 };
      for (; state.piece < run.options.pieces; state.piece++) {
        run.signal.throwIfAborted();
        run.progress({ en: 'piece', zh: '片' }, state.piece, run.options.pieces);
        await pause(slow);
        const luck = run.random.fork(state.piece).uniform();
        for (const number of prepare.numbers) state.total += number * process.noise * luck;
        run.metric({ piece: state.piece, total: state.total });
        run.checkpoint.save({ ...state, piece: state.piece + 1 });
      }
      return { total: state.total };
    },
    evaluate: async ({ prepare, train }) => {
      await pause(slow);
      return { mean: train.total / prepare.numbers.length };
    },
    deploy: ({ run, train, evaluate }) => {
      writeFileSync(join(run.directory, 'answer.txt'), String(train.total));
      return { metrics: { total: train.total, mean: evaluate.mean } };
    },
  },
  service: {
    request: z.never(),
    answer: z.never(),
    correction: z.never(),
    example: null,
    columns: {},
    open: () => Promise.reject(new Error('sums are not served')),
  },
  compare: () => Promise.reject(new Error('sums are not compared')),
});

if (process.argv[1] === import.meta.filename) {
  const [input, runs, slow = '5'] = process.argv.slice(2);
  try {
    await runLoop(sums(Number(slow)), {
      sources: { data: input! },
      options: { pieces: 12 },
      seed: 3,
      runs: runs!,
    });
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
