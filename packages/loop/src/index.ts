export type { AnswerSetAside, Answers } from './label/answers.ts';
export type { CurvePoint, Estimate } from './label/estimate.ts';
export { answerFindings, questionFindings, standingFindings } from './label/findings.ts';
export { type LabelRound, type LabelRoundOptions, label } from './label/label.ts';
export { type Proposal, propose, type Question, type Standing } from './label/propose.ts';
export { type LabelOptions, type LabelTable, openLabelTable } from './label/table.ts';
export { Busy, lock } from './lock.ts';

export { type Progress, type TerminalProgress, terminalProgress } from './progress.ts';
export type {
  Before,
  Described,
  Features,
  HandOver,
  Measured,
  Recipe,
  Service,
  Slice,
  Step,
  StepOutputs,
  Summary,
  Verdict,
} from './recipe.ts';
export { STEPS } from './recipe.ts';
export { REFERENCE_FILE, type Reference, readReference, referenceJson } from './reference.ts';

export type { RunContext } from './run.ts';
export { type RunLoopOptions, runLoop } from './run-loop.ts';
export { type FoundRun, findRun, listRuns, MODEL_FILE, RUN_FILE, RunRecord, readRun } from './run-record.ts';
