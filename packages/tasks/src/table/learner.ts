/** A recipe's fields from the table task. */
import { mainSource, type RunContext, type Takes } from '@gradus/loop';
import { z } from 'zod';
import { type LearnerOptions, learner } from '../recipe/learner.ts';
import type { RawRow } from './columns.ts';
import { tableHandOver } from './hand-over/hand-over.ts';
import { leftOutInWords } from './report/left-out.ts';
import { tableSections } from './report/report.ts';
import { tableService } from './service.ts';
import { readTableRows, type TableSourceOptions } from './source.ts';
import { type TableTypes, tableLearning } from './task.ts';
import { reportInput } from './task-evaluation.ts';

export interface TableLearnerOptions extends LearnerOptions {
  readonly takes: Takes;
  /** The source that holds rows for testing. */
  readonly test: string;
  /** The source that holds a network which describes images, or an encoder of texts. */
  readonly encoder: string;
  /** A row of a table that a run could be made from: a request to try. */
  readonly example: RawRow;
}

const scores = z.record(z.string(), z.number());
const localized = z.object({ en: z.string(), zh: z.string() });

/** What a run of a table is known by, beside what every task's is. */
const Summary = z.object({
  task: z.enum(['classification', 'regression']),
  rows: z.object({
    read: z.number(),
    used: z.number(),
    setAside: z.number(),
    train: z.number(),
    test: z.number(),
  }),
  score: scores,
  interval: z.record(z.string(), z.tuple([z.number(), z.number()])),
  baselines: z.record(z.string(), scores),
  candidates: z.array(z.object({ name: z.string(), score: z.number().nullable() })),
  chosen: z.string(),
  verdict: z.string(),
  leaks: z.array(z.object({ column: z.string(), reason: localized })),
});

export function tableLearner({ takes, test, encoder, example, ...options }: TableLearnerOptions) {
  return learner(
    tableLearning,
    { takes, ...options },
    {
      read: (run) =>
        readTableRows(run as RunContext<TableSourceOptions>, {
          main: mainSource(takes),
          test,
          encoder,
        }),
      service: tableService(example),
      handOver: tableHandOver,
      correction: (correction) => {
        const { row, label } = correction as { readonly row: RawRow; readonly label: string };
        return { input: row, label };
      },
      title: ({ columns }) => ({ en: `Predicting ${columns.target}`, zh: `预测 ${columns.target}` }),
      sections: ({ prepare, evaluate: { evaluation } }) => tableSections(reportInput(evaluation, prepare)),
      summary: {
        schema: Summary,
        of: ({ prepare, train, evaluate: { evaluation } }): z.infer<typeof Summary> => ({
          task: evaluation.target.kind === 'classes' ? 'classification' : 'regression',
          rows: {
            read: prepare.read,
            used: prepare.used,
            setAside: prepare.setAside,
            train: train.trainedOn,
            test: evaluation.n,
          },
          score: { ...evaluation.metrics },
          interval: Object.fromEntries(
            Object.entries(evaluation.interval).map(([name, [low, high]]) => [name, [low, high]]),
          ),
          baselines: Object.fromEntries(
            Object.entries(evaluation.baselines).map(([name, of]) => [name, { ...of }]),
          ),
          candidates: evaluation.candidates.map(({ name, score }) => ({ name, score })),
          chosen: evaluation.candidates.find(({ chosen }) => chosen)!.name,
          verdict: evaluation.verdict,
          leaks: leaksOf(evaluation),
        }),
      },
    },
  );
}

const leaksOf = ({ leftOut, target }: TableTypes['evaluation']) =>
  Object.entries(leftOut).flatMap(([column, why]) =>
    why.code === 'leak' ? [{ column, reason: leftOutInWords(why, target.name) }] : [],
  );
