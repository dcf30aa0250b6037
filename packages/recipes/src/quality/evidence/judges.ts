/**
 * Judges are measured before they are believed: how often they say what people said (accuracy, kappa), whether the place of an answer
 * sways them (position bias, where pairs were shown in both orders), whether they are below chance, and which of two judges is really
 * better. Zeng et al., "Evaluating Large Language Models at Evaluating Instruction Following" (LLMBar), 2023.
 */
import { type Localized, percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import {
  benjaminiHochberg,
  correctedRate,
  kappaInfluence,
  pValueOf,
  symmetricInterval,
  uncertaintyOf,
} from '@gradus/stats';
import {
  estimateFigure,
  FALSE_DISCOVERIES,
  type Figure,
  type FigureEstimate,
  pInWords,
  type Ratio,
  ratioDifference,
  ratioInfluence,
} from '@gradus/tasks';
import type { AnswerColumns } from './answers.ts';
import { cellsOf, plainName } from './columns.ts';
import { type EvidenceTable, type LeftOut, LeftOutRows, type Ranked } from './evidence.ts';
import { labelOf, yesOrNo } from './values.ts';

export interface JudgeOptions {
  readonly columns: AnswerColumns;
  /** Columns of verdicts. */
  readonly judges: readonly string[];
  readonly versions: string | undefined;
  /** "yes" of the label means that the answer is bad. */
  readonly isBad: boolean;
}

export interface JudgeEvidence {
  readonly figures: readonly Figure[];
  readonly ranked: readonly Ranked[];
  readonly sections: readonly Section[];
  readonly notes: readonly Localized[];
  readonly leftOut: readonly LeftOut[];
  readonly clusters?: Int32Array;
  readonly clusteredBy?: string;
}

/** Columns that say which judge a row is of, and which set its item is of. */
const JUDGE_NAMES = [
  'judge',
  'judgename',
  'judgemodel',
  'prompting',
  'prompt template',
  'prompttemplate',
  'grader',
];
const SETS = ['set', 'split', 'dataset', 'subset'];
const MOST_IN_ITEMS = 6;
const MOST_SHOWN = 40;

interface Verdicts {
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
}

export function judgeEvidence(
  table: EvidenceTable,
  { columns, judges, versions, isBad }: JudgeOptions,
): JudgeEvidence {
  const out = new LeftOutRows();
  const label = cellsOf(table, columns.label);
  const clusters = itemClusters(table, columns);
  const names = table.columns.filter(
    (name) => JUDGE_NAMES.includes(plainName(name)) && !judges.includes(name) && name !== versions,
  );
  const known = new Set(table.rows.map((_, row) => categoryOf(label(row))).filter((value) => value !== ''));
  const notes: Localized[] = [];
  const all = judges.flatMap((column) => {
    const [verdict, swapped] = [cellsOf(table, column), cellsOf(table, columns.swapped)];
    const isSwapped = columns.swapped !== undefined;
    const isByPlace = isSwapped && known.size === 2 && saysPlaces(table, { label, swapped, known });
    if (isByPlace) notes.push(placesAssumed(columns.swapped!));
    const other = (value: string) => [...known].find((one) => one !== value) ?? value;
    const groups = Map.groupBy(table.rows.keys(), (row) =>
      names.map((name) => cellsOf(table, name)(row)).join(' / '),
    );
    return [...groups].map(([group, rows]) =>
      verdictsOf(table, {
        name: [group, judges.length > 1 ? column : ''].filter(Boolean).join(' ') || column,
        rows,
        label: (row) => categoryOf(label(row)),
        verdict: (row) => categoryOf(verdict(row)),
        swapped: isSwapped
          ? (row) => (isByPlace ? other(categoryOf(swapped(row))) : categoryOf(swapped(row)))
          : undefined,
        known,
        clusters,
        out,
      }),
    );
  });
  const judged = all.flatMap((one) => one ?? []).sort((a, b) => b.accuracy.value - a.accuracy.value);
  if (judged.length === 0) {
    const plain = judges.flatMap((column) => unlabelled(table, column, isBad));
    return { figures: plain, ranked: [], sections: [], notes, leftOut: out.all };
  }
  const chance = 1 / Math.max(2, known.size);
  const best = judged[0]!;
  const shown = judged.length <= MOST_IN_ITEMS ? judged : [best];
  return {
    figures: shown
      .flatMap((one) => figuresOf(one, judged.length > 1))
      .concat(judged.length === 1 ? corrected(table, { columns, judge: judges[0]!, isBad }) : []),
    ranked: judged.flatMap(rankedOf),
    sections: [section(judged, clusters, chance)],
    notes: [...notes, ...notesOn(judged, chance)],
    leftOut: out.all,
    ...(clusters && {
      clusters,
      clusteredBy: [...setColumns(table), columns.item ?? columns.input ?? ''].filter(Boolean).join(', '),
    }),
  };
}

const setColumns = (table: EvidenceTable): string[] =>
  table.columns.filter((name) => SETS.includes(plainName(name)));

/** Rows about the same item belong together, whichever judge they are of. */
function itemClusters(table: EvidenceTable, { item, input }: AnswerColumns): Int32Array | undefined {
  const name = item ?? input;
  if (name === undefined) return undefined;
  const cells = [...setColumns(table), name].map((column) => cellsOf(table, column));
  const numbers = new Map<string, number>();
  const clusters = Int32Array.from(table.rows, (_, row) => {
    const key = cells.map((cell) => cell(row)).join('\u0001');
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key)!;
  });
  return numbers.size > 1 && numbers.size < table.rows.length ? clusters : undefined;
}

/** "Yes", "pass" and "1" are one category where they are said of passing; else a category is what is written. */
function categoryOf(cell: string): string {
  const plain = labelOf(cell);
  if (/^\d+(\.0+)?$/.test(plain)) return String(Number(plain));
  const said = yesOrNo(cell);
  return Number.isNaN(said) ? plain : said === 1 ? 'yes' : 'no';
}

/**
 * Whether the verdict of the other order names the place (the second shown is better) and not the answer: then it agrees with the
 * label once it is turned round.
 */
function saysPlaces(
  table: EvidenceTable,
  {
    label,
    swapped,
    known,
  }: {
    readonly label: (row: number) => string;
    readonly swapped: (row: number) => string;
    readonly known: ReadonlySet<string>;
  },
): boolean {
  let [right, wrong] = [0, 0];
  for (let row = 0; row < table.rows.length; row++) {
    const said = categoryOf(swapped(row));
    if (!known.has(said)) continue;
    if (said === categoryOf(label(row))) right++;
    else wrong++;
  }
  return wrong > right + 3 * Math.sqrt((right + wrong) / 4);
}

interface VerdictOptions {
  readonly name: string;
  readonly rows: readonly number[];
  label(row: number): string;
  verdict(row: number): string;
  readonly swapped: ((row: number) => string) | undefined;
  readonly known: ReadonlySet<string>;
  readonly clusters: Int32Array | undefined;
  readonly out: LeftOutRows;
}

function verdictsOf(table: EvidenceTable, options: VerdictOptions): Verdicts | undefined {
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
  const isPaired = consistent.denominator.includes(1);
  return {
    name,
    rows,
    right,
    accuracy,
    consistent: isPaired ? consistent : undefined,
    bias: isPaired && known.size === 2 ? bias : undefined,
    kappa: kappaOf(truth, said, at, categories.length, clusters),
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
  const uncertainty = uncertaintyOf(influence, clusters && Int32Array.from(at, (row) => clusters[row]!));
  const [low, high] = symmetricInterval(value, uncertainty);
  return { value, low, high: Math.min(1, high), n: truth.length, pieces: uncertainty.pieces };
}

function figuresOf({ name, right, consistent, bias, kappa }: Verdicts, isNamed: boolean): Figure[] {
  const suffix = isNamed ? `:${name}` : '';
  const of = isNamed ? { en: ` of ${name}`, zh: `（${name}）` } : { en: '', zh: '' };
  const title = (en: string, zh: string) => ({ en: `${en}${of.en}`, zh: `${zh}${of.zh}` });
  return [
    {
      id: `judge_accuracy${suffix}`,
      title: title('judge says what people say', '评审与人工一致率'),
      unit: 'share',
      better: 'more',
      values: right,
    },
    ...(kappa
      ? [
          {
            id: `judge_kappa${suffix}`,
            title: title('kappa of the judge', '评审的 kappa'),
            unit: 'number' as const,
            better: 'more' as const,
            values: { kind: 'whole' as const, estimate: kappa },
          },
        ]
      : []),
    ...(consistent
      ? [
          {
            id: `judge_consistency${suffix}`,
            title: title('same verdict in both orders', '两种顺序判断一致'),
            unit: 'share' as const,
            better: 'more' as const,
            values: consistent,
          },
        ]
      : []),
    ...(bias
      ? [
          {
            id: `judge_position_bias${suffix}`,
            title: title('verdicts for the first shown less those for the second', '偏向先出现者的程度'),
            unit: 'number' as const,
            better: 'less' as const,
            values: bias,
          },
        ]
      : []),
  ];
}

function rankedOf({ name, accuracy, kappa, consistent, bias, right }: Verdicts): Ranked[] {
  const titled = figuresOf({ name, accuracy, kappa, consistent, bias, right, rows: [] }, false);
  return titled.flatMap(({ id, title, values }) => {
    const estimate = estimateFigure(values);
    return estimate
      ? [{ measure: id, title, version: name, estimate: id === 'judge_accuracy' ? accuracy : estimate }]
      : [];
  });
}

/** Of a log without labels: what the judge passed. */
function unlabelled(table: EvidenceTable, column: string, isBad: boolean): Figure[] {
  const cell = cellsOf(table, column);
  const said = Float64Array.from(table.rows, (_, row) => yesOrNo(cell(row)));
  const values = isBad ? said.map((value) => 1 - value) : said;
  if (!values.some((value) => !Number.isNaN(value))) return [];
  return [
    {
      id: 'judged_pass_rate',
      title: {
        en: `answers that "${column}" passed; nobody has measured this judge`,
        zh: `“${column}”判为合格的回答（该评审未经检验）`,
      },
      unit: 'share',
      better: 'more',
      values: {
        kind: 'ratio',
        range: 'share',
        numerator: values.map((value) => (value === 1 ? 1 : 0)),
        denominator: values.map((value) => (Number.isNaN(value) ? 0 : 1)),
      },
    },
  ];
}

/** The rate of passing that the judge sees, without the judge's own mistakes. */
function corrected(
  table: EvidenceTable,
  {
    columns,
    judge,
    isBad,
  }: { readonly columns: AnswerColumns; readonly judge: string; readonly isBad: boolean },
): Figure[] {
  const [label, verdict] = [cellsOf(table, columns.label), cellsOf(table, judge)];
  const turned = (value: number) => (isBad ? 1 - value : value);
  const counts = { passed: 0, n: 0, passedRight: 0, passedN: 0, failedRight: 0, failedN: 0 };
  for (let row = 0; row < table.rows.length; row++) {
    const [truth, said] = [turned(yesOrNo(label(row))), turned(yesOrNo(verdict(row)))];
    if (Number.isNaN(said)) continue;
    counts.n++;
    counts.passed += said;
    if (truth === 1) {
      counts.passedN++;
      counts.passedRight += said;
    } else if (truth === 0) {
      counts.failedN++;
      counts.failedRight += 1 - said;
    }
  }
  if (Math.min(counts.passedN, counts.failedN) < 5) return [];
  const found = correctedRate(counts);
  if (!found) return [];
  const [low, high] = found.interval;
  return [
    {
      id: 'judged_pass_rate',
      title: {
        en: 'answers that pass, corrected for the mistakes of the judge',
        zh: '合格的回答（已校正评审误差）',
      },
      unit: 'share',
      better: 'more',
      values: { kind: 'whole', estimate: { value: found.value, low, high, n: counts.n, pieces: counts.n } },
    },
  ];
}

function notesOn(judged: readonly Verdicts[], chance: number): Localized[] {
  const below = judged.filter(({ accuracy }) => accuracy.high < chance).map(({ name }) => name);
  // Among many judges some would seem swayed by chance.
  const pValues = judged.map(({ bias }) => {
    const found = bias && ratioInfluence(bias);
    return found ? pValueOf(found.value, found.uncertainty) : 1;
  });
  const adjusted = benjaminiHochberg(pValues);
  const swayed = judged.filter((_, i) => adjusted[i]! < FALSE_DISCOVERIES);
  const list = (names: readonly string[]) => names.slice(0, 6).join(', ') + (names.length > 6 ? ', …' : '');
  return [
    ...(below.length === 0
      ? []
      : [
          {
            en: `Below chance: ${list(below)} (${below.length}). Such a judge is worse than a coin.`,
            zh: `低于随机水平：${list(below)}（${below.length} 个）。这样的评审不如抛硬币。`,
          },
        ]),
    ...(swayed.length === 0
      ? []
      : [
          {
            en: `Swayed by the place of an answer: ${list(swayed.map(({ name }) => name))} (${swayed.length} of ${judged.length}).`,
            zh: `受回答位置影响：${list(swayed.map(({ name }) => name))}（${judged.length} 个中的 ${swayed.length} 个）。`,
          },
        ]),
  ];
}

function section(judged: readonly Verdicts[], clusters: Int32Array | undefined, chance: number): Section {
  const [best] = judged as [Verdicts];
  return {
    id: 'judges',
    title: { en: 'Judges', zh: '评审' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'judge', zh: '评审' } },
          { label: { en: 'says what people say', zh: '与人工一致' }, align: 'right' },
          { label: { en: 'kappa', zh: 'kappa' }, align: 'right' },
          { label: { en: 'same in both orders', zh: '两种顺序一致' }, align: 'right' },
          { label: { en: 'for the first shown', zh: '偏向先出现者' }, align: 'right' },
          { label: { en: 'against the best', zh: '与最佳相比' } },
        ],
        rows: judged
          .slice(0, MOST_SHOWN)
          .map((one) => [
            one.name,
            shown(one.accuracy) + (one.accuracy.high < chance ? ' ▼' : ''),
            one.kappa
              ? `${one.kappa.value.toFixed(2)} (${one.kappa.low.toFixed(2)} – ${one.kappa.high.toFixed(2)})`
              : '–',
            one.consistent ? shown(estimateFigure(one.consistent, clusters)!) : '–',
            one.bias ? signedShare(estimateFigure(one.bias, clusters)!) : '–',
            one === best ? { en: 'the best', zh: '最佳' } : againstBest(best, one, clusters),
          ]),
      },
      {
        kind: 'text',
        text: {
          en: 'Judges are compared on the same items, as pairs. ▼: below chance beyond doubt. “For the first shown”: verdicts for the answer shown first less those for the second, of all pairs.',
          zh: '各评审在相同题目上配对比较。▼：确定低于随机水平。“偏向先出现者”：判先出现者更好的比例减去判后出现者更好的比例。',
        },
      },
    ],
  };
}

/** Rows of both judges side by side, for the difference. */
function againstBest(best: Verdicts, one: Verdicts, clusters: Int32Array | undefined): Localized {
  const own = new Set(one.rows);
  const both: Ratio = {
    kind: 'ratio',
    range: 'share',
    numerator: best.right.numerator.map((value, row) => value + one.right.numerator[row]!),
    denominator: best.right.denominator.map((value, row) => value + one.right.denominator[row]!),
  };
  const isShared = best.rows.some((row) => own.has(row));
  // Judges of one row each (columns side by side) share rows: then their difference is a figure of its own.
  const found = isShared
    ? undefined
    : ratioDifference(
        both,
        clusters,
        (row) => own.has(row),
        (row) => !own.has(row) && best.right.denominator[row]! > 0,
      );
  if (!found) return { en: '–', zh: '–' };
  const p = pInWords(found.pValue);
  return found.pValue < 0.05
    ? { en: `worse (p ${p})`, zh: `较差（p ${p}）` }
    : { en: `cannot tell (p ${p})`, zh: `尚不能判断（p ${p}）` };
}

const shown = ({ value, low, high }: FigureEstimate): string =>
  `${percent(value)} (${percent(low)} – ${percent(high)})`;
const signedShare = ({ value, low, high }: FigureEstimate): string =>
  `${(100 * value).toFixed(1)}% (${(100 * low).toFixed(1)} – ${(100 * high).toFixed(1)})`;

const placesAssumed = (column: string): Localized => ({
  en: `"${column}" names the place of the better answer, not the answer: it is turned round.`,
  zh: `“${column}”记录的是较好回答的位置而非回答本身：已换算。`,
});
const NO_VERDICT = { en: 'the judge gave no verdict', zh: '评审未给出判断' };
const PROSE = {
  en: 'the judge answered something that is no label: prose is not scored',
  zh: '评审的回答不是任何标签：不对叙述性文字评分',
};
