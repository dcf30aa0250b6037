/**
 * Judges are measured before they are believed: how often they say what people said (accuracy, kappa), whether the place of an answer
 * sways them (position bias, where pairs were shown in both orders), whether they are below chance, and which of two judges is really
 * better. Zeng et al., "Evaluating Large Language Models at Evaluating Instruction Following" (LLMBar), 2023.
 */

import type { Localized } from '@gradus/base';
import { yesOrNo } from '@gradus/data';
import type { Section } from '@gradus/report';
import { correctedRate } from '@gradus/stats';
import type { Figure } from '@gradus/tasks';
import type { AnswerColumns } from './answer-columns.ts';
import { cellsOf, plainName } from './columns.ts';
import { type EvidenceTable, type LeftOut, LeftOutRows, type Ranked } from './evidence.ts';
import { figuresOf, judgeSection, notesOn, rankedOf } from './judge-figures.ts';
import { categoryOf, saysPlaces, verdictsOf } from './judge-verdicts.ts';

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
    const isByPlace = isSwapped && known.size === 2 && saysPlaces(table, { label, verdict, swapped, known });
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
      .concat(judged.length === 1 ? corrected(table, { columns, judge: judges[0]!, isBad, clusters }) : []),
    ranked: judged.flatMap(rankedOf),
    sections: [judgeSection(judged, clusters, chance)],
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

/** The rate of passing without the judge's own mistakes, where people labelled some rows. */
function corrected(
  table: EvidenceTable,
  {
    columns,
    judge,
    isBad,
    clusters,
  }: {
    readonly columns: AnswerColumns;
    readonly judge: string;
    readonly isBad: boolean;
    readonly clusters: Int32Array | undefined;
  },
): Figure[] {
  const [label, verdict] = [cellsOf(table, columns.label), cellsOf(table, judge)];
  const turned = (value: number) => (isBad ? 1 - value : value);
  const said = table.rows.map((_, row) => turned(yesOrNo(verdict(row))));
  const rows = [...said.keys()].filter((row) => !Number.isNaN(said[row]!));
  const found = correctedRate(
    rows.map((row) => said[row]!),
    rows.map((row) => turned(yesOrNo(label(row)))),
    clusters && Int32Array.from(rows, (row) => clusters[row]!),
  );
  if (!found) return [];
  const { value, interval } = found;
  const [low, high] = interval;
  return [
    {
      id: 'judged_pass_rate',
      title: {
        en: 'answers that pass, corrected for the mistakes of the judge',
        zh: '合格的回答（已校正评审误差）',
      },
      unit: 'share',
      better: 'more',
      values: { kind: 'whole', estimate: { value, low, high, n: rows.length, pieces: rows.length } },
    },
  ];
}

const placesAssumed = (column: string): Localized => ({
  en: `"${column}" names the place of the better answer, not the answer: it is turned round.`,
  zh: `“${column}”记录的是较好回答的位置而非回答本身：已换算。`,
});
