/**
 * A figure against its limit. It meets the limit where its whole interval does, fails where none of it does, and else nobody can
 * tell yet: then the judgement says how many rows would be needed, if the figure stays where it is (the interval shrinks with the
 * square root of their number).
 */
import { normalCdf } from '@gradus/stats';
import type { FigureEstimate } from './figure.ts';

export type Judgement = 'meets' | 'fails' | 'cannot tell';

export type Limit = { readonly atLeast: number } | { readonly atMost: number };

export interface Judged {
  readonly verdict: Judgement;
  /** Rows that would tell; null where it is told, or where no number would: the figure lies on its limit. */
  readonly needed: number | null;
  /** How far the figure is on the wrong side of the limit, as a share of the limit's own size; 0 on the right side. */
  readonly gap: number;
  /** How sure it is that the true figure is on the wrong side. */
  readonly certainty: number;
}

/** More rows than anybody collects say the same as none at all. */
const MOST_NEEDED = 1e9;

export const limitValue = (limit: Limit): number => ('atLeast' in limit ? limit.atLeast : limit.atMost);

export function judge({ value, low, high, n }: FigureEstimate, limit: Limit): Judged {
  const bound = limitValue(limit);
  const isLeast = 'atLeast' in limit;
  const meets = isLeast ? low >= bound : high <= bound;
  const fails = isLeast ? high < bound : low > bound;
  const short = isLeast ? bound - value : value - bound;
  // The side of the interval that has to come off the limit.
  const reach = value >= bound ? value - low : high - value;
  const distance = Math.abs(value - bound);
  const verdict = meets ? 'meets' : fails ? 'fails' : 'cannot tell';
  return {
    verdict,
    needed: verdict === 'cannot tell' ? rowsNeeded(n, reach, distance) : null,
    gap: Math.max(0, short) / Math.max(Math.abs(bound), Math.abs(value), 1e-12),
    certainty: certaintyOf(short, reach),
  };
}

function rowsNeeded(n: number, reach: number, distance: number): number | null {
  if (distance === 0 || !Number.isFinite(reach)) return null;
  const needed = Math.ceil(n * (reach / distance) ** 2);
  return needed > MOST_NEEDED ? null : Math.max(n + 1, needed);
}

/** From the interval's reach as if it were 1.96 standard errors of a normal distribution. */
function certaintyOf(short: number, reach: number): number {
  if (!Number.isFinite(reach)) return 0.5;
  if (reach === 0) return short > 0 ? 1 : 0;
  return normalCdf((1.96 * short) / reach);
}

/** Of several: it fails where one fails, and meets where all meet. */
export function togetherOf(verdicts: readonly Judgement[]): Judgement {
  if (verdicts.includes('fails')) return 'fails';
  return verdicts.length === 0 || verdicts.includes('cannot tell') ? 'cannot tell' : 'meets';
}

/**
 * Rows that a share needs to be known to ± `within`, by Wilson's width at the least favourable share, ½: what is asked for where
 * nothing has been measured.
 */
export const rowsForShare = (within: number): number => Math.ceil(0.25 * (1.96 / within) ** 2);
