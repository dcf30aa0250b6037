/**
 * LambdaRank (Burges, "From RankNet to LambdaRank to LambdaMART", 2010): each pair of rows of a group whose grades differ pulls them
 * apart, by how much the normalized discounted cumulative gain (Järvelin and Kekäläinen, 2002) would change if they changed places.
 */
import { UserError } from '@gradus/base';
import type { TreeLoss, TreeTarget } from './loss.ts';

/** Pairs count where one of them is among so many first ones, as in LightGBM. */
const TRUNCATION = 30;
/** 2^grade is the gain. */
const HIGHEST_GRADE = 30;

const discount = (rank: number): number => 1 / Math.log2(rank + 2);
const gain = (grade: number): number => 2 ** grade - 1;

export const lambdaRankLoss = (): TreeLoss => ({
  name: 'lambdarank',
  outputs: 1,
  check({ values, groups }) {
    for (let row = 0; row < values.length; row++) {
      const grade = values[row]!;
      if (Number.isInteger(grade) && grade >= 0 && grade <= HIGHEST_GRADE) continue;
      throw new UserError({
        en: `Row ${row + 1} has the grade ${grade}; expected a whole number from 0 to ${HIGHEST_GRADE}.`,
        zh: `第 ${row + 1} 行的等级为 ${grade}；应为 0 到 ${HIGHEST_GRADE} 的整数。`,
      });
    }
    let rows = 0;
    for (let i = 0; i < (groups?.length ?? 0); i++) rows += groups![i]!;
    if (groups && rows === values.length) return;
    throw new UserError({
      en: `Ranking needs "groups": the sizes of the groups, in the order of the rows, ${values.length} rows together; got ${groups ? rows : 'none'}.`,
      zh: `排序任务需要 groups：按行的顺序给出各组大小，合计 ${values.length} 行；得到的是 ${groups ? rows : '空'}。`,
    });
  },
  constant: () => Float64Array.of(0),
  derivatives(target, scores, [{ gradients, hessians }]) {
    gradients.fill(0);
    hessians.fill(0);
    for (const { order, best } of rankedGroups(target, scores)) {
      if (best === 0) continue;
      for (let i = 0; i < Math.min(order.length, TRUNCATION); i++) {
        for (let j = i + 1; j < order.length; j++) {
          const [a, b] = [order[i]!, order[j]!];
          const [gradeA, gradeB] = [target.values[a]!, target.values[b]!];
          if (gradeA === gradeB) continue;
          const [better, worse] = gradeA > gradeB ? [a, b] : [b, a];
          const change = (Math.abs(gain(gradeA) - gain(gradeB)) * Math.abs(discount(i) - discount(j))) / best;
          const wrong = 1 / (1 + Math.exp(scores[better]! - scores[worse]!));
          gradients[better]! -= change * wrong;
          gradients[worse]! += change * wrong;
          hessians[better]! += change * wrong * (1 - wrong);
          hessians[worse]! += change * wrong * (1 - wrong);
        }
      }
    }
    const { weights } = target;
    if (weights) {
      for (let row = 0; row < gradients.length; row++) {
        gradients[row]! *= weights[row]!;
        hessians[row]! *= weights[row]!;
      }
    }
  },
  /** 1 less the mean normalized discounted cumulative gain over all rows of each group. */
  value(target, scores) {
    let [sum, groups] = [0, 0];
    for (const { order, best } of rankedGroups(target, scores)) {
      const reached = order.reduce((all, row, rank) => all + gain(target.values[row]!) * discount(rank), 0);
      sum += best === 0 ? 1 : reached / best;
      groups++;
    }
    return 1 - sum / groups;
  },
  answer: () => undefined,
});

/** Of each group: its rows from the highest score down, and the discounted cumulative gain of the best order. */
function* rankedGroups({ values, groups }: TreeTarget, scores: Float64Array) {
  let from = 0;
  for (let g = 0; g < groups!.length; g++) {
    const rows = Array.from({ length: groups![g]! }, (_, i) => from + i);
    from += rows.length;
    const best = rows
      .map((row) => values[row]!)
      .sort((a, b) => b - a)
      .reduce((sum, grade, rank) => sum + gain(grade) * discount(rank), 0);
    yield { order: rows.sort((a, b) => scores[b]! - scores[a]! || a - b), best };
  }
}
