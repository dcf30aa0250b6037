/**
 * Columns that may be known only with the outcome, by their names and what they hold. Figures alone cannot tell: they stay, and the
 * user is asked.
 */
import type { Localized } from '@gradus/base';
import type { NumberCells, TableRows } from '../columns.ts';
import { type Formula, formulaOf } from './formulas.ts';

const OUTCOMES =
  /death|died|dead|event|surviv|mortal|fail|relapse|recur|churn|vital|死亡|事件|生存|复发|结局|流失|故障/i;
const FOLLOW_UP =
  /^(?:time|days|duration|fu[ _-]?time|follow[ _-]?up(?:[ _-]?(?:time|days|months|period))?|(?:survival|os|pfs)(?:[ _-]?(?:time|days|months))?|time[ _-]?to[ _-]?[a-z]+|随访(?:时间|天数|期)?|生存(?:时间|期)|观察(?:时间|期))$/i;
/** Words of names that say nothing of what is measured. */
const COMMON = new Set([
  'column',
  'total',
  'mean',
  'value',
  'time',
  'date',
  'rate',
  'number',
  'name',
  'type',
  'max',
  'min',
]);
/** Squared correlation with a target of a like name: both are of one examination. */
const CORRELATED = 0.8;

export interface Doubt {
  readonly columns: readonly string[];
  readonly reason: Localized;
}

/** @param train Places of the rows that are looked at */
export function doubtfulColumns({ columns, target }: TableRows, train: Int32Array): Doubt[] {
  const formula = target.kind === 'numbers' ? formulaOf(columns, target, train) : undefined;
  if (formula) return [{ columns: [formula.a, formula.b], reason: computed(target.name, formula) }];
  return columns.flatMap(({ name, cells }): Doubt[] => {
    if (cells.kind !== 'number') return [];
    if (target.kind === 'classes')
      return target.classes.length === 2 && OUTCOMES.test(target.name) && FOLLOW_UP.test(name.trim())
        ? [{ columns: [name], reason: followUp(name, target.name) }]
        : [];
    return shareWord(name, target.name) && correlation(cells, target.values, train) ** 2 >= CORRELATED
      ? [{ columns: [name], reason: sibling(name, target.name) }]
      : [];
  });
}

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => (word.length >= 4 || /\p{Script=Han}{2}/u.test(word)) && !COMMON.has(word));

function shareWord(a: string, b: string): boolean {
  const words = new Set(wordsOf(a));
  return wordsOf(b).some((word) => words.has(word));
}

/** Pearson's, of the rows that have both. */
function correlation({ values }: NumberCells, target: Float64Array, train: Int32Array): number {
  const own = train.filter((place) => !Number.isNaN(values[place]!));
  const mean = (of: Float64Array): number => own.reduce((sum, place) => sum + of[place]!, 0) / own.length;
  const [x, y] = [mean(values), mean(target)];
  let [xx, yy, xy] = [0, 0, 0];
  for (const place of own) {
    const [a, b] = [values[place]! - x, target[place]! - y];
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  return xx * yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

const computed = (target: string, { a, b, sign }: Formula): Localized => ({
  en: `The target "${target}" is "${a}" ${sign} "${b}" in every row: it can be computed, and a model adds nothing. If one of them is not known when predictions are needed, say --ignore "${a}" or --ignore "${b}".`,
  zh: `目标列“${target}”在每一行都等于“${a}”${sign}“${b}”：可以直接计算，不需要模型。如果其中一列在预测时还不知道，请加上 --ignore "${a}" 或 --ignore "${b}"。`,
});

const followUp = (name: string, target: string): Localized => ({
  en: `"${name}" may say how long somebody was watched until "${target}" was known: then it is not known when predictions are needed. If so, say --ignore "${name}".`,
  zh: `“${name}”可能是得知“${target}”之前的观察时长，预测时还不知道。如果是这样，请加上 --ignore "${name}"。`,
});

const sibling = (name: string, target: string): Localized => ({
  en: `"${name}" is called like the target "${target}" and goes along with it closely: it may come from the same examination. If it is not known when predictions are needed, say --ignore "${name}".`,
  zh: `“${name}”与目标列“${target}”名称相近且高度相关，可能来自同一次检查。如果预测时还不知道它，请加上 --ignore "${name}"。`,
});
