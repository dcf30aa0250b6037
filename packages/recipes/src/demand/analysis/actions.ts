/**
 * What to do: problems to fix, ranked by opportunity, and strengths to protect. Every action stands on rows of the
 * file and says how sure it is; a theme too thin to say anything of asks for nothing.
 */
import { decimals, type Localized, percent } from '@gradus/base';
import type { Estimate } from '@gradus/tasks';
import type { Action, Strength } from './action.ts';
import type { ThemeFindings } from './findings.ts';
import type { Outcome } from './outcome.ts';
import { joined, points } from './wording.ts';

const FEWEST_MENTIONS = 20;
const FEWEST_COMPLAINTS = 10;
const FEWEST_QUOTES = 2;
const MOST_ACTIONS = 10;
const MOST_STRENGTHS = 5;

export function actionsOf(
  themes: readonly ThemeFindings[],
  outcome: Pick<Outcome, 'source'> | null,
): Action[] {
  return themes
    .filter(callsForAction)
    .sort((a, b) => (b.opportunity?.value ?? -1) - (a.opportunity?.value ?? -1) || b.count - a.count)
    .slice(0, MOST_ACTIONS)
    .map((theme, index) => {
      const expected = gainOf(theme);
      return {
        rank: index + 1,
        theme: theme.id,
        name: theme.name,
        title: titleOf(theme),
        why: whyOf(theme, expected, outcome),
        look: lookOf(theme),
        expected,
        opportunity: theme.opportunity?.value ?? null,
        confidence: theme.opportunity && expected ? theme.opportunity.confidence : 'low',
        products: affected(theme),
        evidence: theme.evidence,
      };
    });
}

export function strengthsOf(themes: readonly ThemeFindings[]): Strength[] {
  return themes
    .filter(
      (theme) =>
        theme.polarity === 'strength' &&
        !theme.general &&
        theme.count >= FEWEST_MENTIONS &&
        theme.evidence.length >= FEWEST_QUOTES,
    )
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_STRENGTHS)
    .map((theme) => {
      const satisfied = percent(1 - theme.dissatisfied!.value);
      return {
        theme: theme.id,
        name: theme.name,
        why: {
          en: `${satisfied} of the ${theme.count} reviews that mention it are satisfied with it.`,
          zh: `提到它的 ${theme.count} 条评价中有 ${satisfied} 对它满意。`,
        },
        evidence: theme.evidence,
      };
    });
}

/** A problem, or a mixed theme whose complaints demonstrably cost points; with enough behind it. */
function callsForAction(theme: ThemeFindings): boolean {
  const costs = theme.effects.dissatisfied;
  const bad = theme.polarity === 'problem' || (theme.polarity === 'mixed' && costs?.clear && costs.value < 0);
  return (
    Boolean(bad) &&
    !theme.general &&
    theme.count >= FEWEST_MENTIONS &&
    theme.dissatisfied!.count >= FEWEST_COMPLAINTS &&
    theme.evidence.length >= FEWEST_QUOTES
  );
}

/** The share of reviews that complain times what a complaint costs; relative errors add up in squares. */
function gainOf({ effects, dissatisfied, count, share }: ThemeFindings): Estimate | null {
  const costs = effects.dissatisfied;
  if (!costs?.clear || costs.value >= 0 || !dissatisfied) return null;
  const affectedShare = (share.value * dissatisfied.count) / count;
  const value = -costs.value * affectedShare;
  const half = (estimate: Estimate) =>
    (estimate.interval[1] - estimate.interval[0]) / 2 / Math.abs(estimate.value);
  const reach = value * Math.hypot(half(costs), half(share), half(dissatisfied));
  return { value, interval: [Math.max(0, value - reach), value + reach] };
}

function affected({ products }: ThemeFindings): string[] {
  return products
    .filter((product) => product.mentioned === 'more' || (product.satisfied === 'less' && product.count > 0))
    .map(({ product }) => product);
}

function titleOf({ name, trend }: ThemeFindings): Localized {
  if (trend?.direction === 'new')
    return { en: `Look into the new problem “${name}”`, zh: `尽快查清新出现的问题“${name}”` };
  if (trend?.direction === 'growing')
    return { en: `Stop the growth of “${name}”`, zh: `遏制日益增多的“${name}”` };
  return { en: `Fix “${name}”`, zh: `改进“${name}”` };
}

function whyOf(
  theme: ThemeFindings,
  expected: Estimate | null,
  outcome: Pick<Outcome, 'source'> | null,
): Localized {
  const { count, share, dissatisfied, effects } = theme;
  const parts: Localized[] = [
    {
      en: `${count} reviews (${percent(share.value)}) mention it, ${percent(dissatisfied!.value)} of them dissatisfied.`,
      zh: `${count} 条评价（${percent(share.value)}）提到它，其中 ${percent(dissatisfied!.value)} 不满意。`,
    },
  ];
  const costs = effects.dissatisfied;
  if (expected && costs) {
    parts.push(
      outcome?.source === 'label'
        ? {
            en: `Among reviews with such a complaint ${points(-costs.value)} fewer in a hundred are satisfied; without it up to ${range(expected, points)} more in a hundred of all reviews would be, if it is the cause.`,
            zh: `有此抱怨的评价，满意比例低 ${points(-costs.value)} 个百分点；若确由它引起，消除后全部评价的满意比例最多可提高 ${range(expected, points)} 个百分点。`,
          }
        : {
            en: `Such a complaint goes with a rating ${decimals(-costs.value)} points lower; without it the mean rating would rise by up to ${range(expected, decimals)} points, if it is the cause.`,
            zh: `有此抱怨的评价，评分低 ${decimals(-costs.value)} 分；若确由它引起，消除后平均评分最多可提高 ${range(expected, decimals)} 分。`,
          },
    );
  } else {
    parts.push({
      en: 'What it costs cannot be told from this file.',
      zh: '仅凭这份文件还无法判断它造成的损失。',
    });
  }
  return joined(parts);
}

function lookOf(theme: ThemeFindings): Localized {
  const rows = theme.evidence.map(({ row }) => row).join(', ');
  const words = theme.terms.slice(0, 5);
  const products = affected(theme);
  const parts: Localized[] = [
    {
      en: `Read rows ${rows} first; people's own words are ${words.join(', ')}.`,
      zh: `先读第 ${rows.replaceAll(', ', '、')} 行；用户常用的词：${words.join('、')}。`,
    },
  ];
  if (products.length > 0) {
    parts.push({
      en: `It stands out for ${products.join(', ')}.`,
      zh: `在以下产品上尤为突出：${products.join('、')}。`,
    });
  }
  return joined(parts);
}

function range({ value, interval }: Estimate, format: (value: number) => string): string {
  return `${format(value)} (${format(interval[0])} – ${format(interval[1])})`;
}
