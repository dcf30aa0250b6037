/** The loop: recipes, runs, services, labelling, and the conformance suite of recipes. */
export type { Artifact } from './artifact.ts';
export { type CheckRecipeOptions, checkRecipe } from './conformance/check-recipe.ts';
export { attempt, jsonProblems, optionProblems, textProblems } from './conformance/problems.ts';
export type { AnswerSetAside, Answers } from './label/answers.ts';
export type { CurvePoint, Estimate } from './label/estimate.ts';
export { answerFindings, questionFindings, standingFindings } from './label/findings.ts';
export { type LabelRound, type LabelRoundOptions, label } from './label/label.ts';
export { type Proposal, propose, type Question, type Standing } from './label/propose.ts';
export { type LabelOptions, type LabelTable, openLabelTable } from './label/table.ts';
export { Busy, lock } from './lock.ts';
export { type Progress, type TerminalProgress, terminalProgress } from './progress.ts';
export {
  type Fit,
  type Made,
  type OptionsOf,
  type Recipe,
  type RecipeDeclaration,
  type RunOf,
  recipe,
  STEPS,
  type Step,
  type StepInput,
  type StepOutputs,
  type Summary,
} from './recipe.ts';
export { REFERENCE_FILE, type Reference, readReference, referenceJson } from './reference.ts';
export type { RunContext } from './run.ts';
export { type RunLoopOptions, runLoop } from './run-loop.ts';
export {
  type FoundRun,
  findRun,
  listRuns,
  MODEL_FILE,
  mainSourceOf,
  RUN_FILE,
  RunRecord,
  readRun,
  type SourceRecord,
} from './run-record.ts';
export { CARD_FILE, REPORT_FILE, REPORT_PAGE } from './run-report.ts';
export type {
  Cell,
  Described,
  Features,
  HandOver,
  RowElement,
  Service,
  ServiceDeclaration,
} from './service.ts';
export { answerCellsOf, answerColumnsOf, isWhole } from './service.ts';
export { type RunSource, readSourceFiles, type SourceFile } from './sources.ts';
export * from './takes.ts';
export type { Measured, Slice, Verdict } from './verdict.ts';
