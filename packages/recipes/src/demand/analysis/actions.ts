/**
 * Actions: complaint points to answer, those first whose answer promises most; and strengths to protect. Every action rests on rows of the file and
 * says how sure it is; what too few say gives none. Themes that have no points, because their language has no lexicon, are
 * answered as a whole. The sentences stand in `action-words.ts`.
 */
import type { Estimate } from '@gradus/tasks';
import {
  figureOf,
  lookOf,
  pointTitle,
  pointWhy,
  strengthOf,
  themeFigure,
  themeTitle,
  themeWhy,
} from './action-words.ts';
import { bounded, type Confidence } from './confidence.ts';
import type { Evidence } from './evidence.ts';
import type { Action, DemandAnalysis, Strength, ThemeFindings } from './findings.ts';
import type { Outcome } from './outcome.ts';
import type { Point } from './points.ts';

const FEWEST_MENTIONS = 20;
const FEWEST_COMPLAINTS = 10;
/** Of a point, which is clear by the file's own labels. */
const FEWEST_OF_POINT = 5;
/** What few say in fewer ways than this may be one voice. */
const FEWEST_QUOTES = 2;
const MOST_ACTIONS = 10;
/** Of one theme: the next need is worth more than the fourth complaint of the first. */
const MOST_OF_THEME = 3;
const MOST_STRENGTHS = 5;
const MOST_QUOTES = 5;

type Draft = Omit<Action, 'rank'>;

export function actionsOf(
  themes: readonly ThemeFindings[],
  points: readonly Point[],
  outcome: Pick<Outcome, 'source'> | null,
  facts: Pick<DemandAnalysis, 'satisfied'>,
): Action[] {
  const drafts = [
    ...points
      .filter(isClearComplaint)
      .map((point) => ({ ...ofPoint(point, themes, outcome, facts), count: point.count })),
    ...themes
      .filter((theme) => callsForAction(theme) && !points.some((point) => point.theme === theme.id))
      .map((theme) => ({ ...ofTheme(theme, outcome), count: theme.count })),
  ].sort(
    (a, b) =>
      Number(isVague(a)) - Number(isVague(b)) ||
      gainToRankBy(b) - gainToRankBy(a) ||
      b.count - a.count ||
      (b.opportunity ?? 0) - (a.opportunity ?? 0),
  );
  const taken = new Map<string, number>();
  return drafts
    .filter(
      (draft) => !isVague(draft) || !drafts.some((other) => other.theme === draft.theme && !isVague(other)),
    )
    .filter(({ theme }) => {
      const before = taken.get(theme) ?? 0;
      taken.set(theme, before + 1);
      return before < MOST_OF_THEME;
    })
    .slice(0, MOST_ACTIONS)
    .map(({ count: _, ...draft }, index) => ({ rank: index + 1, ...draft }));
}

/** What few say has an effect that chance made, so that the largest of many such is none: those stand behind the others, by how many say so. */
const gainToRankBy = ({ confidence, expected }: Draft): number =>
  confidence === 'low' ? 0 : (expected?.value ?? 0);

/** "The acting is bad" says nothing to do: it stands behind what names a fault, and not at all beside "the acting does not convince". */
const isVague = ({ point }: Draft): boolean => point?.endsWith('.bad') ?? false;

/** Said often enough, of something, and by people who are dissatisfied more often than the others. */
function isClearComplaint({ kind, isSpecific, theme, count, isClear, evidence }: Point): boolean {
  return (
    kind === 'complaint' &&
    isSpecific &&
    theme !== 'whole' &&
    isClear &&
    count >= FEWEST_OF_POINT &&
    (evidence.length >= FEWEST_QUOTES || (evidence.length > 0 && count >= FEWEST_COMPLAINTS))
  );
}

function ofPoint(
  point: Point,
  themes: readonly ThemeFindings[],
  outcome: Pick<Outcome, 'source'> | null,
  facts: Pick<DemandAnalysis, 'satisfied'>,
): Draft {
  const theme = themes.find(({ id }) => id === point.theme);
  const expected = gainOfPoint(point);
  const { products } = point;
  return {
    theme: point.theme,
    name: theme?.name ?? point.themeName.en,
    point: point.id,
    title: pointTitle(point),
    figure: figureOf(point),
    why: pointWhy(point, expected, outcome, facts.satisfied),
    look: lookOf(point.evidence, point.words, products),
    expected,
    opportunity: theme?.opportunity?.value ?? null,
    confidence: confidenceOf(point, expected),
    products,
    evidence: point.evidence,
  };
}

const CONFIDENCE: readonly { readonly word: Confidence; readonly reviews: number }[] = [
  { word: 'high', reviews: 100 },
  { word: 'medium', reviews: 30 },
];

/** By how many say it and how surely; low where its effect cannot be told from those of the others. */
const confidenceOf = ({ count, sureness }: Point, expected: Estimate | null): Confidence =>
  bounded((expected && CONFIDENCE.find(({ reviews }) => count >= reviews)?.word) ?? 'low', {
    stability: null,
    sureness,
  });

function ofTheme(theme: ThemeFindings, outcome: Pick<Outcome, 'source'> | null): Draft {
  const expected = gainOf(theme);
  const products = affectedBy(theme);
  return {
    theme: theme.id,
    name: theme.name,
    point: null,
    title: themeTitle(theme),
    figure: themeFigure(theme),
    why: themeWhy(theme, expected, outcome),
    look: lookOf(theme.complaints, theme.terms, products),
    expected,
    opportunity: theme.opportunity?.value ?? null,
    confidence: theme.opportunity && expected ? theme.opportunity.confidence : 'low',
    products,
    evidence: theme.complaints,
  };
}

/** What is praised, but for what an action is to change: nobody can protect and mend the same thing. */
export function strengthsOf(
  themes: readonly ThemeFindings[],
  points: readonly Point[],
  actions: readonly Pick<Action, 'theme'>[],
): Strength[] {
  const changed = new Set(actions.map(({ theme }) => theme));
  return themes
    .filter(
      (theme) =>
        theme.polarity === 'strength' &&
        !changed.has(theme.id) &&
        !theme.general &&
        theme.count >= FEWEST_MENTIONS &&
        theme.evidence.length >= FEWEST_QUOTES,
    )
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_STRENGTHS)
    .map((theme) => ({
      theme: theme.id,
      name: theme.name,
      label: theme.label,
      why: strengthOf(theme),
      evidence: praiseOf(theme, points),
    }));
}

/** What praises it in so many words, before what is merely told as praise. */
function praiseOf(theme: ThemeFindings, points: readonly Point[]): readonly Evidence[] {
  const own = points.filter(
    ({ kind, theme: of, isClear }) => kind === 'praise' && of === theme.id && isClear,
  );
  const quotes = own.flatMap(({ evidence }) => evidence.slice(0, 3));
  const once = quotes.filter(({ row }, i) => quotes.findIndex((other) => other.row === row) === i);
  return once.length >= FEWEST_QUOTES ? once.slice(0, MOST_QUOTES) : theme.evidence;
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
    theme.complaints.length >= FEWEST_QUOTES
  );
}

/** Half the width of an interval, as a share of the value. */
const relativeError = ({ value, interval: [low, high] }: Estimate): number =>
  (high - low) / 2 / Math.abs(value);

/** The share of reviews that say it times what that costs; relative errors add up in squares. */
function gainOfPoint({ effect, share }: Point): Estimate | null {
  if (!effect?.clear || effect.value >= 0) return null;
  const value = -effect.value * share.value;
  const reach = value * Math.hypot(relativeError(effect), relativeError(share));
  return { value, interval: [Math.max(0, value - reach), value + reach] };
}

function gainOf({ effects, dissatisfied, count, share }: ThemeFindings): Estimate | null {
  const costs = effects.dissatisfied;
  if (!costs?.clear || costs.value >= 0 || !dissatisfied) return null;
  const value = (-costs.value * share.value * dissatisfied.count) / count;
  const reach = value * Math.hypot(relativeError(costs), relativeError(share), relativeError(dissatisfied));
  return { value, interval: [Math.max(0, value - reach), value + reach] };
}

function affectedBy({ products }: ThemeFindings): string[] {
  return products
    .filter((product) => product.mentioned === 'more' || (product.satisfied === 'less' && product.count > 0))
    .map(({ product }) => product);
}
