import { count, type Localized, percent } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';
import type { Point } from '../analysis/points.ts';
import { quoted, type ReviewTexts } from './quotes.ts';

const MOST_BARS = 12;
/** In so small a file every complaint can be read. */
const SMALL = 500;
const QUOTES = 2;
const MOST_LISTED = 60;
/** Of a small file, so many stand open: more do not print on eight pages. */
const MOST_OPEN = 12;

/** Complaints that the report lists; of the whole there is nothing to say that ratings do not. */
export const complaintsOf = ({ points }: Pick<DemandAnalysis, 'points'>): Point[] =>
  points.filter(
    ({ kind, theme, evidence }) => kind === 'complaint' && theme !== 'whole' && evidence.length > 0,
  );

/** What is complained of, most often first: as bars, and in a small file each with its quotes. */
export function complaintSection(
  analysis: Pick<DemandAnalysis, 'points' | 'reviews' | 'actions'>,
  texts: ReviewTexts,
): Section | null {
  const { reviews, actions } = analysis;
  const complaints = complaintsOf(analysis);
  if (complaints.length === 0) return null;
  // What names no fault gathers at the end, however often it is said.
  complaints.sort((a, b) => Number(b.isSpecific) - Number(a.isSpecific));
  const charted = complaints.filter(({ isSpecific }) => isSpecific).slice(0, MOST_BARS);
  const most = charted[0]?.share.value ?? 1;
  const bars: Block[] =
    charted.length === 0
      ? []
      : [
          {
            kind: 'bars',
            items: charted.map((point) => ({
              name: wholeSentence(point),
              value: point.share.value / most,
              text: saidBy(point),
              tone: 'bad',
            })),
          },
        ];
  const listed = complaints.slice(0, MOST_LISTED);
  const all: Block = {
    kind: 'details',
    summary: {
      en: `All ${count(listed.length)} complaints with quotes`,
      zh: `全部 ${count(listed.length)} 项抱怨及原话`,
    },
    blocks: quotesOf(listed, texts),
  };
  if (reviews > SMALL) return { ...HEAD, blocks: [...bars, all] };
  // Those that actions answer are quoted there.
  const answered = new Set(actions.map(({ point }) => point));
  const open = listed.filter(({ id }) => !answered.has(id)).slice(0, MOST_OPEN);
  const rest = listed.filter((point) => !open.includes(point));
  const others: Block = {
    kind: 'details',
    summary: {
      en: `${count(rest.length)} more complaints with quotes`,
      zh: `另外 ${count(rest.length)} 项抱怨及原话`,
    },
    blocks: quotesOf(rest, texts),
  };
  return {
    ...HEAD,
    blocks: [
      ...(answered.size > 0 ? bars : []),
      ...open.map(
        (point): Block => ({
          kind: 'finding',
          title: wholeSentence(point),
          figure: saidBy(point),
          quotes: quoted(point.evidence.slice(0, QUOTES), texts),
          more:
            point.evidence.length > QUOTES
              ? [{ kind: 'quotes', items: quoted(point.evidence.slice(QUOTES), texts) }]
              : [],
        }),
      ),
      ...(rest.length > 0 ? [others] : []),
    ],
  };
}

const quotesOf = (points: readonly Point[], texts: ReviewTexts) =>
  points.flatMap((point) => [
    { kind: 'text', text: headOf(point) } as const,
    { kind: 'quotes', items: quoted(point.evidence.slice(0, QUOTES), texts) } as const,
  ]);

const HEAD = { id: 'complaints', title: { en: 'What customers complain of', zh: '客户在抱怨什么' } } as const;

function saidBy({ count: n, share }: Point): Localized {
  return {
    en: `${count(n)} ${n === 1 ? 'review' : 'reviews'}, ${percent(share.value)}`,
    zh: `${count(n)} 条评价，${percent(share.value)}`,
  };
}

function headOf(point: Point): Localized {
  const said = saidBy(point);
  const { en, zh } = wholeSentence(point);
  return { en: `${en} (${said.en})`, zh: `${zh}（${said.zh}）` };
}

/** With what follows from it. */
const wholeSentence = ({ sentence, consequence }: Point): Localized => ({
  en: sentence.en + (consequence?.says.en ?? ''),
  zh: sentence.zh + (consequence?.says.zh ?? ''),
});
