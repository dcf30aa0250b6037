/** What the table task measures and finds, as its reports and a run's summary have it. Plain data that survives JSON. */
import type { Localized } from '@gradus/base';
import type { TableEvaluation } from './evaluation/evaluation.ts';
import type { Explanation } from './explain/explanation.ts';
import { explainSection } from './explain/explanation-section.ts';
import type { TableReportInput } from './report/input.ts';

export interface TableTaskEvaluation extends TableEvaluation {
  readonly target: TableReportInput['target'];
  readonly split: TableReportInput['split'];
  readonly candidates: TableReportInput['candidates'];
  readonly leftOut: TableReportInput['leftOut'];
  /** By column that was learnt from: the share of its cells that are missing. */
  readonly missing: Readonly<Record<string, number>>;
  /** Rows that were learnt from or judged by. */
  readonly used: number;
  readonly notes: readonly Localized[];
  /** Of columns that may give the target away; among the notes too. */
  readonly doubts: readonly Localized[];
  readonly explanation: Explanation;
}

/** @param read What was read of the file, where that is known */
export function reportInput(
  evaluation: TableTaskEvaluation,
  read: { readonly read: number; readonly setAside: number; readonly notes: readonly Localized[] } = {
    read: evaluation.used,
    setAside: 0,
    notes: [],
  },
): TableReportInput {
  const { target, split, candidates, leftOut, missing, used, trainedOn, n, notes, doubts, explanation } =
    evaluation;
  return {
    evaluation,
    target,
    rows: { read: read.read, used, setAside: read.setAside, train: trainedOn, test: n },
    split,
    candidates,
    leftOut,
    missing,
    notes: [...read.notes, ...notes],
    doubts,
    explanation: explainSection(explanation),
  };
}
