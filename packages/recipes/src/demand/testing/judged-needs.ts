/** How often clauses are told to be about the need that they were judged to be about, and complaints to be complaints on it. */
import type { AnalysedFile } from './analyse-file.ts';
import type { JudgedClause, JudgedSetName } from './judged-clauses.ts';

/** The needs that a judged aspect may be told as: the judge's list is shorter than the lexicon. */
const ASPECTS: Readonly<Record<JudgedSetName, Readonly<Record<string, readonly string[]>>>> = {
  waimai: {
    配送: ['delivery', 'leak', 'contact', 'staff'],
    味道: ['taste', 'food', 'consistency'],
    分量: ['portion', 'food'],
    温度: ['food', 'temperature', 'taste'],
    包装: ['packaging', 'leak', 'quality'],
    食材: ['food', 'freshness', 'quality', 'portion', 'taste'],
    卫生: ['hygiene', 'health', 'freshness', 'food', 'smell'],
    订单: ['order', 'accessories', 'food', 'delivery', 'looks', 'description', 'refund'],
    菜单: ['choice', 'food'],
    价格: ['price', 'fees', 'offers'],
    服务: ['staff', 'support', 'contact', 'refund', 'invoice', 'delivery', 'honesty', 'order'],
    平台: ['app', 'ordering', 'support', 'offers', 'account', 'working', 'interface'],
  },
  movies: {
    story: ['story', 'writing', 'consistency'],
    acting: ['acting', 'characters'],
    directing: ['directing', 'story', 'visuals'],
    visuals: ['visuals'],
    sound: ['music'],
    humour: ['humour'],
    originality: ['story'],
    pace: ['pace', 'story'],
  },
};
/** About the whole, or about nothing. */
const WHOLE = new Set(['整体', 'film', 'audience', '']);

export interface NeedFigures {
  /** Of the clauses with an aspect of their own: told a need that fits it. */
  readonly fitting: number;
  /** Of those told a need: told one that fits. */
  readonly precision: number;
  /** Of the clauses about the whole or nothing: told no need. */
  readonly none: number;
  /** Of the complaints with an aspect: told as a complaint on a need that fits. */
  readonly complaintRecall: number;
  /** Of the clauses told as a complaint on a need: judged a complaint. */
  readonly complaintPrecision: number;
}

/** @param judged With the index of each clause in the file */
export function needFigures(
  name: JudgedSetName,
  { found, analysis }: Pick<AnalysedFile, 'found' | 'analysis'>,
  judged: readonly JudgedClause[],
): NeedFigures {
  const complaints = new Set(
    analysis.points.flatMap(({ kind, theme, clauses: own }) =>
      kind === 'complaint' && theme !== 'whole' ? own : [],
    ),
  );
  const needs = (index: number): string[] => {
    const theme = found.themeOf[index]!;
    const id = theme < 0 ? undefined : found.model.clusters[theme]!.id;
    return [
      ...new Set([
        ...(id === undefined ? [] : [id]),
        ...found.statements[index]!.map(({ about }) => about.id),
        // Said of complaints only.
        ...[complaints.has(index) ? (found.unnamed[index] ?? []) : []].flat(),
      ]),
    ].filter((one) => one !== 'whole');
  };
  const fits = ({ aspect, index }: JudgedClause) =>
    needs(index).some((id) => ASPECTS[name][aspect]?.includes(id));
  const share = (of: readonly JudgedClause[], holds: (one: JudgedClause) => boolean) =>
    of.filter(holds).length / of.length;
  const known = judged.filter(({ aspect }) => aspect in ASPECTS[name]);
  const blaming = judged.filter(({ index }) => complaints.has(index));
  return {
    fitting: share(known, fits),
    precision: share(
      known.filter(({ index }) => needs(index).length > 0),
      fits,
    ),
    none: share(
      judged.filter(({ aspect }) => WHOLE.has(aspect)),
      ({ index }) => needs(index).length === 0,
    ),
    complaintRecall: share(
      known.filter(({ polarity }) => polarity === 'negative'),
      (one) => complaints.has(one.index) && fits(one),
    ),
    complaintPrecision: share(blaming, ({ polarity }) => polarity === 'negative'),
  };
}
