/** Versions of a product, or systems that did the same: their figures, what the last one changed, and each beside the best. */
import { estimateFigure, ratioDifference } from '@gradus/tasks';
import type { Evidence } from './evidence/evidence.ts';
import { bounded, type QualityChange, type QualityComparison, type QualityVersion } from './summary.ts';

export function versionsOf(of: Evidence): QualityVersion[] {
  const { versions, ranked = [] } = of;
  const others = ranked.map(({ measure, title, unit, version, estimate: { value, low, high, n } }) => ({
    source: of.file,
    measure,
    title,
    unit,
    version,
    figure: value,
    low: bounded(low),
    high: bounded(high),
    n,
  }));
  if (!versions) return others;
  const own = of.figures.flatMap(({ id, title, unit, values }) =>
    versions.levels.flatMap((version, code) => {
      const found = estimateFigure(values, of.clusters, (row) => versions.codes[row] === code);
      if (!found) return [];
      return [
        {
          source: of.file,
          measure: id,
          title,
          unit,
          version,
          figure: found.value,
          low: bounded(found.low),
          high: bounded(found.high),
          n: found.n,
        },
      ];
    }),
  );
  return [...own, ...others];
}

/** The last version against the one before, on the same sentences and users where they are the same. */
export function changesOf(of: Evidence): QualityChange[] {
  const { versions } = of;
  if (!versions) return [];
  const last = versions.levels.length - 1;
  return of.figures.flatMap(({ id, title, unit, better, values }) => {
    if (values.kind !== 'ratio') return [];
    const found = ratioDifference(
      values,
      of.clusters,
      (row) => versions.codes[row] === last,
      (row) => versions.codes[row] === last - 1,
    );
    if (!found) return [];
    const { difference, low, high, pValue } = found;
    const isTold = pValue < 0.05;
    const isGain = better === 'more' ? difference > 0 : difference < 0;
    const n = found.n + found.otherN;
    const reach = (high - low) / 2;
    return [
      {
        source: of.file,
        measure: id,
        title,
        unit,
        before: versions.levels[last - 1]!,
        after: versions.levels[last]!,
        figureBefore: found.other,
        figureAfter: found.of,
        difference,
        low: bounded(low),
        high: bounded(high),
        pValue,
        verdict: isTold ? (isGain ? ('better' as const) : ('worse' as const)) : ('cannot tell' as const),
        n,
        needed:
          isTold || difference === 0 || !Number.isFinite(reach)
            ? null
            : Math.ceil(n * (reach / difference) ** 2),
      },
    ];
  });
}

/** So many versions have a best one beside the last and the one before. */
const FEWEST_COMPARED = 3;

/**
 * Of three versions or more, each beside the best, as pairs where both met the same sentence or user. Which one is the best was seen in
 * the same rows, so p and the interval are corrected for all pairs (Bonferroni), not only for those with the best.
 */
export function comparisonsOf(of: Evidence): QualityComparison[] {
  const { versions } = of;
  if (!versions || versions.levels.length < FEWEST_COMPARED) return [];
  const { levels, codes } = versions;
  return of.figures.flatMap(({ id, title, unit, better, values }) => {
    if (values.kind !== 'ratio') return [];
    const sign = better === 'more' ? 1 : -1;
    const measured = levels
      .flatMap((version, code) => {
        const found = estimateFigure(values, of.clusters, (row) => codes[row] === code);
        return found ? [{ version, code, value: found.value }] : [];
      })
      .sort((a, b) => sign * (b.value - a.value));
    if (measured.length < FEWEST_COMPARED) return [];
    const [best, ...others] = measured;
    const pairs = (measured.length * (measured.length - 1)) / 2;
    return others.flatMap(({ version, code }) => {
      const found = ratioDifference(
        values,
        of.clusters,
        (row) => codes[row] === code,
        (row) => codes[row] === best!.code,
        1 - 0.05 / pairs,
      );
      if (!found) return [];
      const { of: figure, other: figureOfBest, difference, low, high } = found;
      const pValue = Math.min(1, pairs * found.pValue);
      return [
        {
          source: of.file,
          measure: id,
          title,
          unit,
          best: best!.version,
          figureOfBest,
          version,
          figure,
          difference,
          low: bounded(low),
          high: bounded(high),
          pValue,
          verdict: pValue < 0.05 ? ('worse' as const) : ('cannot tell' as const),
        },
      ];
    });
  });
}
