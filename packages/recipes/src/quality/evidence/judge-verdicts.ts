/** The verdicts of one judge: how often they are people's, and whether the order of the answers sways them. */
import { yesOrNo } from '@gradus/data';
import { kappaInfluence, kappaInterval, uncertaintyOf } from '@gradus/stats';
import { estimateFigure, type FigureEstimate, type Ratio } from '@gradus/tasks';
import type { EvidenceTable, LeftOutRows } from './evidence.ts';
import { labelOf } from './values.ts';

export interface Verdicts {
  readonly name: string;
  readonly rows: readonly number[];
  /** Of all rows: how often the verdict is the label's (0, 1 or 2), of how many verdicts. */
  readonly right: Ratio;
  /** 1 where both orders got the same verdict; empty where there is one order. */
  readonly consistent: Ratio | undefined;
  /** Verdicts for the answer shown first less those for the second, of all. */
  readonly bias: Ratio | undefined;
  readonly kappa: FigureEstimate | undefined;
  readonly accuracy: FigureEstimate;
  /** What the judge says of everything; undefined where it tells cases apart. */
  readonly constant: string | undefined;
}

export interface VerdictOptions {
  readonly name: string;
  readonly rows: readonly number[];
  label(row: number): string;
  verdict(row: number): string;
  readonly swapped: ((row: number) => string) | undefined;
  readonly known: ReadonlySet<string>;
  readonly clusters: Int32Array | undefined;
  readonly out: LeftOutRows;
}

export function verdictsOf(table: EvidenceTable, options: VerdictOptions): Verdicts | undefined {
  const { name, rows, label, verdict, swapped, known, clusters, out } = options;
  const n = table.rows.length;
  const ratio = (range: Ratio['range']): Ratio => ({
    kind: 'ratio',
    range,
    numerator: new Float64Array(n),
    denominator: new Float64Array(n),
  });
  const [right, consistent, bias] = [ratio('share'), ratio('share'), ratio('any')];
  const categories = [...known].sort();
  const [truth, said, at]: [number[], number[], number[]] = [[], [], []];
  for (const row of rows) {
    const own = label(row);
    if (own === '') continue;
    for (const [place, verdictOf] of [verdict, swapped].entries()) {
      if (!verdictOf) continue;
      const value = verdictOf(row);
      if (!known.has(value)) {
        out.add(value === '' ? NO_VERDICT : PROSE, table.numbers[row]!);
        continue;
      }
      right.denominator[row]!++;
      right.numerator[row]! += Number(value === own);
      if (place === 0) {
        truth.push(categories.indexOf(own));
        said.push(categories.indexOf(value));
        at.push(row);
      }
    }
    const [first, second] = [verdict(row), swapped?.(row)];
    if (second !== undefined && known.has(first) && known.has(second)) {
      consistent.denominator[row] = 1;
      consistent.numerator[row] = Number(first === second);
      bias.denominator[row] = 1;
      // Different answers in both orders are the same place: the first shown, where the first order's verdict is the first.
      bias.numerator[row] = first === second ? 0 : first === categories[0] ? 1 : -1;
    }
  }
  const accuracy = estimateFigure(right, clusters);
  if (!accuracy) return undefined;
  const isConstant = said.length > 1 && new Set(said).size === 1 && new Set(truth).size > 1;
  const isPaired = consistent.denominator.includes(1);
  return {
    name,
    rows,
    right,
    accuracy,
    consistent: isPaired ? consistent : undefined,
    bias: isPaired && known.size === 2 ? bias : undefined,
    // Who says the same of everything agrees by chance alone, and no interval says how far.
    kappa: isConstant ? undefined : kappaOf(truth, said, at, categories.length, clusters),
    constant: isConstant ? categories[said[0]!] : undefined,
  };
}

function kappaOf(
  truth: number[],
  said: number[],
  at: number[],
  categories: number,
  clusters: Int32Array | undefined,
): FigureEstimate | undefined {
  const { value, influence } = kappaInfluence(truth, said, categories);
  if (!Number.isFinite(value)) return undefined;
  const own = clusters && Int32Array.from(at, (row) => clusters[row]!);
  const [low, high] = kappaInterval(truth, said, categories, own);
  return { value, low, high, n: truth.length, pieces: uncertaintyOf(influence, own).pieces };
}

/** "Yes", "pass" and "1" are one category where they are said of passing; else a category is what is written. */
export function categoryOf(cell: string): string {
  const plain = labelOf(cell);
  if (/^\d+(\.0+)?$/.test(plain)) return String(Number(plain));
  const said = yesOrNo(cell);
  return Number.isNaN(said) ? plain : said === 1 ? 'yes' : 'no';
}

interface Orders {
  label(row: number): string;
  verdict(row: number): string;
  swapped(row: number): string;
  readonly known: ReadonlySet<string>;
}

/**
 * Whether the verdict of the other order names the place (the second shown is better) and not the answer. Then judges seem to contradict
 * themselves far more often than chance would have it, and the label as well; turned round they do neither. A judge that a place
 * sways contradicts itself too, but not the label.
 */
export function saysPlaces({ rows }: EvidenceTable, { label, verdict, swapped, known }: Orders): boolean {
  let [n, steady, right] = [0, 0, 0];
  for (let row = 0; row < rows.length; row++) {
    const [first, second] = [categoryOf(verdict(row)), categoryOf(swapped(row))];
    if (!known.has(first) || !known.has(second)) continue;
    n++;
    steady += Number(first === second);
    right += Number(second === categoryOf(label(row)));
  }
  const few = n / 2 - 3 * Math.sqrt(n / 4);
  return steady < few && right < few;
}

const NO_VERDICT = { en: 'the judge gave no verdict', zh: '评审未给出判断' };
const PROSE = {
  en: 'the judge answered something that is no label: prose is not scored',
  zh: '评审的回答不是任何标签：不对叙述性文字评分',
};
