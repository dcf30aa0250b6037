/**
 * Which inspection the next lot gets: the switching rules of ISO 2859-1:1999, 9.3 and 9.4. Without them a plan protects nobody: a bad
 * supplier's lots go on passing now and then. MIL-STD-105E counts ten accepted lots and a limit of defects before reduced inspection;
 * the ISO standard counts points instead.
 */
import { AQLS, aqlColumn, type InspectionLevel } from './code-letters.ts';
import { type SamplingPlan, type Severity, samplingPlan } from './single-plans.ts';

export interface InspectedLot {
  readonly severity: Severity;
  readonly plan: SamplingPlan;
  readonly defective: number;
  readonly isAccepted: boolean;
}

export interface Inspection {
  /** For the next lot; discontinued until the supplier has repaired the process. */
  readonly next: Severity | 'discontinued';
  /** Points of normal inspection, towards REDUCED_FROM. */
  readonly score: number;
  readonly lots: readonly InspectedLot[];
}

/** Reduced inspection may begin with so many points. */
export const REDUCED_FROM = 30;
const POINTS_OF_FEW = 2;
const POINTS_OF_MORE = 3;
const WINDOW = 5;
const FAILED_OF_NORMAL = 2;
const FAILED_OF_TIGHTENED = 5;

export interface SwitchingOptions {
  readonly lot: number;
  readonly aql: number;
  readonly level?: InspectionLevel;
  /** Production is steady, and who is responsible wants reduced inspection: points alone do not allow it. */
  readonly mayReduce?: boolean;
}

/** @param defective Found in the sample of each lot, at its first inspection, in order: single sampling of lots of one size */
export function inspectionAfter(
  defective: readonly number[],
  { lot, aql, level = 'II', mayReduce = false }: SwitchingOptions,
): Inspection {
  const lots: InspectedLot[] = [];
  let severity: Inspection['next'] = 'normal';
  let score = 0;
  let since = 0;
  const begin = (next: Inspection['next']) => {
    severity = next;
    score = 0;
    since = lots.length;
  };
  for (const found of defective) {
    const current = severity as Inspection['next'];
    if (current === 'discontinued') break;
    const plan = samplingPlan(lot, aql, level, current);
    const isAccepted = found <= plan.accept;
    lots.push({ severity: current, plan, defective: found, isAccepted });
    const failed = lots.slice(since).filter((inspected) => !inspected.isAccepted).length;
    const recent = lots.slice(since).slice(-WINDOW);
    const failedOfRecent = recent.filter((inspected) => !inspected.isAccepted).length;
    if (current === 'normal') {
      score = isAcceptedTighter(found, plan, { lot, aql, level }) ? score + pointsOf(plan) : 0;
      if (failedOfRecent >= FAILED_OF_NORMAL) begin('tightened');
      else if (score >= REDUCED_FROM && mayReduce) begin('reduced');
    } else if (current === 'tightened') {
      if (failed >= FAILED_OF_TIGHTENED) begin('discontinued');
      else if (recent.length === WINDOW && failedOfRecent === 0) begin('normal');
    } else if (!isAccepted) begin('normal');
  }
  return { next: severity, score, lots };
}

const pointsOf = ({ accept }: SamplingPlan): number => (accept < 2 ? POINTS_OF_FEW : POINTS_OF_MORE);

/** A plan that accepts two or more earns points only where the lot passes with an AQL one step lower, too. */
function isAcceptedTighter(
  found: number,
  { accept }: SamplingPlan,
  { lot, aql, level }: SwitchingOptions,
): boolean {
  if (accept < 2) return found <= accept;
  return found <= samplingPlan(lot, AQLS[aqlColumn(aql) - 1]!, level).accept;
}
