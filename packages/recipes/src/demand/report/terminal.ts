/** A demand run's findings as a dozen lines for a terminal. */

import { count, type Language, type Localized, percent, plural, signed } from '@gradus/base';
import { ROLES } from '@gradus/data';
import { baselineName, type Standing, standingOf } from '@gradus/tasks';
import { REVIEW } from '../row-noun.ts';
import { ROLE } from './data.ts';
import type { DemandSummary, ThemeSummary } from './summary.ts';
import { CONFIDENCE, DIRECTION, effectFormat } from './words.ts';

const MOST_PROBLEMS = 4;
const MOST_ACTIONS = 5;
const MOST_THEMES = 6;
const MOST_WARNINGS = 4;

export function demandFindings(summary: DemandSummary): Localized[] {
  return LINES.flatMap((line) => line(summary)).map(({ en, zh }) => ({
    en: printable(en),
    zh: printable(zh),
  }));
}

const STANDING: Readonly<Record<Standing, Localized>> = {
  better: { en: 'significantly better than', zh: '显著优于' },
  alike: { en: 'not significantly different from', zh: '无显著差异，基线为' },
  worse: { en: 'worse than', zh: '不如' },
};

const LINES: readonly ((summary: DemandSummary) => Localized[])[] = [
  ({ file, rows }) => [
    {
      en: `Read ${count(rows.read)} rows of ${file}: ${count(rows.used)} used, ${count(rows.setAside)} set aside.`,
      zh: `读取 ${file} 的 ${count(rows.read)} 行：使用 ${count(rows.used)} 行，搁置 ${count(rows.setAside)} 行。`,
    },
  ],
  ({ columns }) => {
    const named = (language: Language) =>
      ROLES.flatMap((role) => {
        const { column } = columns[role];
        return column === undefined ? [] : [`${ROLE[role][language]} “${column}”`];
      });
    return [
      {
        en: `Columns: ${named('en').join(', ')}. To change them: ${ROLES.map((role) => `--${role}`).join(', ')} COLUMN.`,
        zh: `所用的列：${named('zh').join('、')}。如需更改，请用 ${ROLES.map((role) => `--${role}`).join('、')} 列名 指定。`,
      },
    ];
  },
  // What must be known before the rest is read.
  ({ sentiment, warnings }) =>
    sentiment?.isClaimed === false
      ? warnings.slice(0, 1).map(({ en, zh }) => ({ en: `Note: ${en}`, zh: `注意：${zh}` }))
      : [],
  ({ sentiment }) => {
    if (!sentiment || sentiment.isClaimed === false) return [];
    const best = baselineName(sentiment.bestBaseline);
    const other = sentiment.baselines[sentiment.bestBaseline]!.accuracy;
    const standing = STANDING[standingOf(sentiment.accuracy - other, sentiment.pValue)];
    const [low, high] = sentiment.accuracyInterval.map((bound) => bound.toFixed(3));
    const own = sentiment.accuracy.toFixed(3);
    return [
      {
        en: `Sentiment model: accuracy ${own} (${low} – ${high}) on ${count(sentiment.n)} held-out reviews; ${standing.en} ${best.en} at ${other.toFixed(3)}.`,
        zh: `情感模型：在 ${count(sentiment.n)} 条留出评价上准确率 ${own}（${low} – ${high}）；${standing.zh}“${best.zh}”（${other.toFixed(3)}）。`,
      },
    ];
  },
  ({ themes, withoutTheme, satisfied }) => {
    const specific = themes.filter((theme) => !theme.general).length;
    return [
      {
        en: `${plural(specific, 'theme')} in ${percent(1 - withoutTheme)} of the clauses${satisfied === null ? '' : `; ${percent(satisfied)} of the reviews are satisfied`}.`,
        zh: `${specific} 个主题，覆盖 ${percent(1 - withoutTheme)} 的分句${satisfied === null ? '' : `；${percent(satisfied)} 的评价满意`}。`,
      },
    ];
  },
  // Without sentiment: the most frequent themes.
  ({ themes, sentiment, noun = REVIEW }) =>
    sentiment && sentiment.isClaimed !== false
      ? []
      : themes
          .filter((theme) => !theme.general)
          .slice(0, MOST_THEMES)
          .map(({ name, label, share }) => ({
            en: `Theme “${label?.en ?? name}”: ${percent(share)} of ${noun.en}s.`,
            zh: `主题“${label?.zh ?? name}”：占${noun.zh}的 ${percent(share)}。`,
          })),
  (summary) => problemsOf(summary).map((theme) => problemLine(theme, summary)),
  ({ protect }) => {
    if (protect.length === 0) return [];
    const names = (language: Language) => protect.map(({ name, label }) => `“${label?.[language] ?? name}”`);
    return [
      {
        en: `Strengths to protect: ${names('en').join(', ')}.`,
        zh: `值得保护的优点：${names('zh').join('、')}。`,
      },
    ];
  },
  ({ themes }) => {
    const changing = themes.filter(({ trend }) => trend && trend !== 'stable' && trend !== 'unclear');
    if (changing.length === 0) return [];
    const say = (language: 'en' | 'zh') =>
      changing
        .slice(0, MOST_THEMES)
        .map(
          ({ name, label, trend, trendPerMonth, jump }) =>
            `“${label?.[language] ?? name}” ${DIRECTION[trend!][language]} (${jump ? since[language](jump) : `${signed(100 * trendPerMonth!)} ${language === 'en' ? 'percentage points per month' : '个百分点/月'}`})`,
        );
    return [{ en: `Trends: ${say('en').join(', ')}.`, zh: `趋势：${say('zh').join('、')}。` }];
  },
  ({ since: earlier }) => {
    const changes = earlier?.changes?.slice(0, MOST_ACTIONS) ?? [];
    if (!earlier || changes.length === 0) return [];
    const said = (language: Language) =>
      changes.map(
        ({ sentence, before, now }) => `“${sentence[language]}” ${percent(before)} → ${percent(now)}`,
      );
    return [
      {
        en: `Changed since ${earlier.run}: ${said('en').join(', ')}.`,
        zh: `与 ${earlier.run} 相比的变化：${said('zh').join('、')}。`,
      },
    ];
  },
  ({ actions }) =>
    actions.slice(0, MOST_ACTIONS).map(({ rank, title, figure, look, confidence }) => ({
      en: `Action ${rank}: ${title.en} (${figure ? `${figure.en}, ` : ''}confidence ${CONFIDENCE[confidence].en}). ${look.en}`,
      zh: `建议 ${rank}：${title.zh}（${figure ? `${figure.zh}，` : ''}置信度${CONFIDENCE[confidence].zh}）。${look.zh}`,
    })),
  ({ actions, points = [] }) => {
    const complaints = points.filter(({ kind, theme }) => kind === 'complaint' && theme !== 'whole');
    if (actions.length > 0 || complaints.length === 0) return [];
    const said = (language: Language) =>
      complaints
        .slice(0, MOST_ACTIONS)
        .map(({ sentence, count: n }) => `${sentence[language]} (${count(n)})`);
    return [
      {
        en: `Complaints in so many words: ${said('en').join('; ')}.`,
        zh: `明说的抱怨：${said('zh').join('；')}。`,
      },
    ];
  },
  ({ actions, sentiment }) =>
    actions.length === 0 && sentiment && sentiment.isClaimed !== false
      ? [
          {
            en: 'No action is proposed: no theme is clearly a problem with enough mentions.',
            zh: '没有改进建议：没有哪个主题既明显是问题又有足够的提及。',
          },
        ]
      : [],
  ({ warnings, sentiment }) =>
    warnings
      .slice(sentiment?.isClaimed === false ? 1 : 0)
      .slice(0, MOST_WARNINGS)
      .map(({ en, zh }) => ({ en: `Note: ${en}`, zh: `注意：${zh}` })),
];

type Jump = NonNullable<ThemeSummary['jump']>;

const since: Readonly<Record<Language, (jump: Jump) => string>> = {
  en: ({ since, before, after }) => `from ${percent(before)} to ${percent(after)} since ${since}`,
  zh: ({ since, before, after }) => `自 ${since} 起从 ${percent(before)} 变为 ${percent(after)}`,
};

function problemsOf({ actions, themes }: DemandSummary): ThemeSummary[] {
  // An action on a point says what is wrong itself.
  return actions
    .filter(({ point }) => !point)
    .slice(0, MOST_PROBLEMS)
    .flatMap(({ theme }) => themes.find(({ id }) => id === theme) ?? []);
}

function problemLine(theme: ThemeSummary, { effectUnit }: DemandSummary): Localized {
  const { name, share, dissatisfied, costs, costsInterval, opportunity } = theme;
  const format = effectFormat(effectUnit && { source: effectUnit });
  const parts = {
    en: [`${percent(share)} of reviews`, `${percent(dissatisfied!)} of them dissatisfied`],
    zh: [`占评价的 ${percent(share)}`, `其中 ${percent(dissatisfied!)} 不满意`],
  };
  if (costs !== null) {
    const figure = `${format(costs)} (${costsInterval!.map(format).join(' – ')})`;
    const unit =
      effectUnit === 'rating' ? { en: 'points', zh: '评分' } : { en: 'of satisfied reviews', zh: '满意比例' };
    parts.en.push(`effect of a complaint ${figure} ${unit.en}`);
    parts.zh.push(`抱怨对${unit.zh}的影响 ${figure}`);
  }
  if (opportunity !== null) {
    parts.en.push(`opportunity ${opportunity.toFixed(1)} of 20`);
    parts.zh.push(`机会得分 ${opportunity.toFixed(1)}/20`);
  }
  return { en: `Problem “${name}”: ${parts.en.join(', ')}.`, zh: `问题“${name}”：${parts.zh.join('，')}。` };
}

/** Control characters could move the cursor or colour the screen; bidirectional ones could reorder a line. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
}
