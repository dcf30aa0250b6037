/** What the last version changed, and every version's figures. */
import { count, type Localized } from '@gradus/base';
import type { Section } from '@gradus/report';
import { pFigure } from '@gradus/tasks';
import type { Evaluated } from '../evaluate.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { QualityChange, QualityComparison, QualityVersion } from '../summary.ts';
import { figureInWords, MOST_NEEDED, rangeInWords } from '../words.ts';

const WORDS: Readonly<Record<QualityChange['verdict'], { readonly en: string; readonly zh: string }>> = {
  better: { en: 'better', zh: '变好' },
  worse: { en: 'worse', zh: '变差' },
  'cannot tell': { en: 'cannot tell', zh: '尚不能判断' },
};

/** One section for each pair of versions: files may have others. */
export function changesSection({ changes }: Evaluated): Section[] {
  const pairs = Map.groupBy(changes, ({ source, before, after }) => JSON.stringify([source, before, after]));
  return [...pairs.values()].map((own, i) => sectionOf(own, i));
}

function sectionOf(changes: Evaluated['changes'], place: number): Section {
  const { before, after } = changes[0]!;
  return {
    id: place === 0 ? 'changes' : `changes-${place + 1}`,
    title: { en: `${after} against ${before}`, zh: `${after} 与 ${before} 的比较` },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'figure', zh: '指标' } },
          { label: { en: 'before', zh: '之前' }, align: 'right' },
          { label: { en: 'after', zh: '之后' }, align: 'right' },
          { label: { en: 'difference (95%)', zh: '差值（95%）' }, align: 'right' },
          { label: { en: 'p', zh: 'p' }, align: 'right' },
          { label: { en: 'verdict', zh: '结论' } },
        ],
        rows: changes.map((change) => [
          change.title,
          figureInWords(change.figureBefore, change.unit),
          figureInWords(change.figureAfter, change.unit),
          rangeInWords(change.low, change.high, change.unit),
          pFigure(change.pValue),
          change.verdict === 'cannot tell' && change.needed !== null && change.needed <= MOST_NEEDED
            ? {
                en: `${WORDS['cannot tell'].en} (about ${count(change.needed)} rows needed)`,
                zh: `${WORDS['cannot tell'].zh}（约需 ${count(change.needed)} 行）`,
              }
            : WORDS[change.verdict],
        ]),
      },
      {
        kind: 'text',
        text: {
          en: 'Rows of the same sentence or user are compared as pairs. A difference is called one only where p is below 0.05.',
          zh: '同一句子或同一用户的行按配对比较。仅当 p 小于 0.05 时才认为有差异。',
        },
      },
    ],
  };
}

const MOST_ROWS = 120;

const BESIDE_BEST: Readonly<
  Record<QualityComparison['verdict'], { readonly en: string; readonly zh: string }>
> = {
  worse: { en: 'worse', zh: '更差' },
  'cannot tell': { en: 'cannot tell', zh: '尚不能判断' },
};

export function comparisonsSection({ comparisons }: Evaluated): Section | undefined {
  if (comparisons.length === 0) return undefined;
  return {
    id: 'comparisons',
    title: { en: 'Each version beside the best', zh: '各版本与最佳版本的比较' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'figure', zh: '指标' } },
          { label: { en: 'best', zh: '最佳' } },
          { label: { en: 'version', zh: '版本' } },
          { label: { en: 'verdict', zh: '结论' } },
          { label: { en: 'of the best', zh: '最佳值' }, align: 'right' },
          { label: { en: 'of the version', zh: '该版本' }, align: 'right' },
          { label: { en: 'difference (95%)', zh: '差值（95%）' }, align: 'right' },
          { label: { en: 'p', zh: 'p' }, align: 'right' },
        ],
        rows: comparisons
          .slice(0, MOST_ROWS)
          .map(({ title, best, version, verdict, figureOfBest, figure, low, high, unit, pValue }) => [
            title,
            best,
            version,
            BESIDE_BEST[verdict],
            figureInWords(figureOfBest, unit),
            figureInWords(figure, unit),
            rangeInWords(low, high, unit),
            pFigure(pValue),
          ]),
      },
      {
        kind: 'text',
        text: {
          en: 'The best was seen in these same rows, so p and the intervals are corrected for all pairs of versions (Bonferroni). A version that cannot be told from the best may be as good.',
          zh: '最佳版本是在这些行中看出来的，因此 p 与区间已按所有版本两两组合校正（Bonferroni）。尚不能与最佳版本区分的，可能同样好。',
        },
      },
    ],
  };
}

/** Rows that stand open; the others are folded. */
const MOST_OPEN = 16;
/** Figures or versions side by side; of more a phone shows nothing. */
const MOST_BESIDE = 5;

/** Figures of each version. Others that evidence ranks, judges and drivers, stand in the sections of their own evidence. */
export function versionsSection({ versions }: Evaluated, evidence: readonly Evidence[]): Section | undefined {
  const levels = new Map(evidence.map(({ file, versions: own }) => [file, own?.levels ?? []]));
  const figures = versions.filter(({ source, version }) => levels.get(source)?.includes(version));
  if (figures.length === 0) return undefined;
  const { columns, rows } = besideEachOther(figures) ?? oneBelowAnother(figures);
  const table = (shown: typeof rows) => ({ kind: 'table' as const, columns, rows: shown });
  const folded = rows.slice(MOST_OPEN, MOST_ROWS);
  const more = {
    kind: 'details' as const,
    summary: { en: `${count(folded.length)} more`, zh: `另外 ${count(folded.length)} 项` },
    blocks: [table(folded)],
  };
  return {
    id: 'versions',
    title: { en: 'Versions', zh: '各版本' },
    blocks: [table(rows.slice(0, MOST_OPEN)), ...(folded.length > 0 ? [more] : [])],
  };
}

interface FigureTable {
  readonly columns: readonly { readonly label: Localized; readonly align?: 'right' }[];
  readonly rows: readonly (readonly (string | Localized)[])[];
}

const FIGURE: Localized = { en: 'figure', zh: '指标' };
const VERSION: Localized = { en: 'version', zh: '版本' };

/** Versions by figures, whichever are fewer side by side; undefined where there are many of both, or two figures for one cell. */
function besideEachOther(figures: readonly QualityVersion[]): FigureTable | undefined {
  const versions = [...new Set(figures.map(({ version }) => version))];
  const measures = [...new Map(figures.map(({ measure, title }) => [measure, title]))];
  const cells = new Map(
    figures.map((one) => [
      JSON.stringify([one.version, one.measure]),
      `${figureInWords(one.figure, one.unit)} (${rangeInWords(one.low, one.high, one.unit)})`,
    ]),
  );
  if (Math.min(versions.length, measures.length) > MOST_BESIDE || cells.size < figures.length)
    return undefined;
  const cell = (version: string, measure: string) => cells.get(JSON.stringify([version, measure])) ?? '–';
  const right = (label: Localized) => ({ label, align: 'right' as const });
  return versions.length < measures.length
    ? {
        columns: [{ label: FIGURE }, ...versions.map((version) => right({ en: version, zh: version }))],
        rows: measures.map(([measure, title]) => [
          title,
          ...versions.map((version) => cell(version, measure)),
        ]),
      }
    : {
        columns: [{ label: VERSION }, ...measures.map(([, title]) => right(title))],
        rows: versions.map((version) => [version, ...measures.map(([measure]) => cell(version, measure))]),
      };
}

const oneBelowAnother = (figures: readonly QualityVersion[]): FigureTable => ({
  columns: [
    { label: VERSION },
    { label: FIGURE },
    { label: { en: 'value', zh: '数值' }, align: 'right' },
    { label: { en: '95% interval', zh: '95% 区间' }, align: 'right' },
    { label: { en: 'rows', zh: '行数' }, align: 'right' },
  ],
  rows: figures.map(({ version, title, unit, figure, low, high, n }) => [
    version,
    title,
    figureInWords(figure, unit),
    rangeInWords(low, high, unit),
    count(n),
  ]),
});
