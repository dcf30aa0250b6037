export type { Before, Recipe, Service, Step, StepOutputs, Summary, Verdict } from './recipe.ts';
export { STEPS } from './recipe.ts';
export type { Block, Cell, Figure, Quote, Report, Section } from './report/document.ts';
export type { RunContext } from './run.ts';
export type { Language, Localized } from './text.ts';
export { LANGUAGES } from './text.ts';
