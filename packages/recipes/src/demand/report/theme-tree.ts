import { count, type Localized, percent } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { DemandAnalysis, ThemeFindings } from '../analysis/findings.ts';
import type { Point } from '../analysis/points.ts';
import { quoted, type ReviewTexts } from './quotes.ts';
import { themeTable } from './theme-table.ts';

const MOST_BARS = 15;
const MOST_POINTS = 8;

/** Every theme with what is said of it; the figures of all in one table, folded. */
export function themeTree(analysis: DemandAnalysis, texts: ReviewTexts): Section {
  const { noun, themes, points } = analysis;
  const most = themes[0]?.share.value ?? 1;
  const bars: Block = {
    kind: 'bars',
    items: themes.slice(0, MOST_BARS).map((theme) => ({
      name: theme.label,
      value: theme.share.value / most,
      text: spokenOf(theme, noun),
      tone: theme.polarity === 'problem' ? 'bad' : theme.polarity === 'strength' ? 'good' : 'neutral',
    })),
  };
  const each = themes.map((theme): Block => {
    const own = points.filter((point) => point.theme === theme.id).slice(0, MOST_POINTS);
    const said = spokenOf(theme, noun);
    return {
      kind: 'details',
      summary: { en: `${theme.label.en}: ${said.en}`, zh: `${theme.label.zh}：${said.zh}` },
      blocks: [
        ...(own.length > 0 ? [{ kind: 'list', ordered: false, items: linesOf(own) } as const] : []),
        { kind: 'quotes', items: quoted(theme.evidence, texts) },
      ],
    };
  });
  const table: Block = {
    kind: 'details',
    summary: { en: 'All figures of all themes', zh: '全部主题的全部数据' },
    blocks: [themeTable(analysis)],
  };
  return {
    id: 'themes',
    title: { en: 'All themes', zh: '全部主题' },
    blocks: themes.length > 0 ? [bars, ...each, table] : [{ kind: 'note', tone: 'info', text: noneOf(noun) }],
  };
}

const noneOf = (noun: Localized): Localized => ({
  en: `No theme was found: the ${noun.en}s are too few, or name nothing in common.`,
  zh: `没有发现主题：${noun.zh}太少，或没有共同谈到的内容。`,
});

function spokenOf({ count: n, share, dissatisfied }: ThemeFindings, noun: Localized): Localized {
  const bad = dissatisfied && percent(dissatisfied.value);
  return {
    en: `${percent(share.value)} of ${noun.en}s (${count(n)})${bad ? `, ${bad} dissatisfied` : ''}`,
    zh: `${percent(share.value)} 的${noun.zh}（${count(n)} 条）${bad ? `，${bad} 不满意` : ''}`,
  };
}

/** A line for each complaint; one for all praise, which names what is praised and not how. */
function linesOf(points: readonly Point[]): Localized[] {
  const praise = points.filter(({ kind }) => kind === 'praise');
  return points.flatMap((point): Localized[] => {
    if (point.kind === 'complaint') return [lineOf(point.sentence, [point])];
    return point === praise[0] ? [lineOf(PRAISE, praise)] : [];
  });
}

const PRAISE: Localized = { en: 'Praise', zh: '称赞' };
const MOST_WORDS = 3;

/** Of points that share a sentence, each has its own words and count. */
function lineOf({ en, zh }: Localized, points: readonly Point[]): Localized {
  const told = points.map(({ words, isSpecific, count: n }) => {
    // Of what gathers other complaints they are clauses, not words.
    const own = (isSpecific ? words : []).slice(0, MOST_WORDS).map((one) => `“${one}”`);
    return { n: count(n), own };
  });
  const isNamed = told[0]!.own.length > 0;
  return {
    en: `${en}${isNamed ? ': ' : ' '}${told.map(({ n, own }) => [own.join(', '), `(${n})`].filter(Boolean).join(' ')).join('; ')}`,
    zh: `${zh}${isNamed ? '：' : ''}${told.map(({ n, own }) => `${own.join('、')}（${n} 条）`).join('；')}`,
  };
}
