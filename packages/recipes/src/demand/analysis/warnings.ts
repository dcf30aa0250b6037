/** What to know before trusting an analysis: small samples, lopsided ones, and what the file does not hold. */
import type { Review } from '../review.ts';
import { FEWEST_REVIEWS } from './by-product.ts';
import type { DemandAnalysis, Warning } from './findings.ts';
import type { AnyWarning } from './warning-data.ts';
import { warningText } from './warning-words.ts';

type Facts = Omit<
  DemandAnalysis,
  'warnings' | 'actions' | 'protect' | 'themes' | 'points' | 'voices' | 'segments' | 'segmentColumns'
> & {
  readonly sentiment: boolean;
};

const FEW_REVIEWS = 200;
const RARE_CLASS = 0.1;
const MANY_WITHOUT_THEME = 0.3;

/** @param cautions What the data themselves warn of: said first */
export function warningsOf(
  facts: Facts,
  reviews: readonly Review[],
  cautions: readonly AnyWarning[] = [],
): Warning[] {
  const asks = cautions.some(({ id }) => id === 'asks');
  // That ratings would help is said of a file that asks already.
  const checked = [...checks(facts, reviews)].filter(({ id }) => !(asks && id === 'no-labels'));
  return [...cautions, ...checked].map((warning) => ({
    ...warning,
    text: warningText(warning, facts.noun),
  }));
}

function* checks(facts: Facts, reviews: readonly Review[]): Iterable<AnyWarning> {
  const { sentiment, outcome, satisfied, timeline, products, withoutTheme } = facts;
  if (facts.reviews < FEW_REVIEWS) yield { id: 'small-sample', data: { reviews: facts.reviews } };
  if (!sentiment && !facts.isUnproven)
    yield {
      id: 'no-labels',
      data: { labelled: reviews.filter(({ label }) => label !== undefined).length },
    };
  if (outcome?.source === 'label') yield { id: 'labels-only', data: {} };
  if (sentiment && !outcome) yield { id: 'no-outcome', data: {} };
  if (satisfied) {
    const rare = satisfied.value > 0.5 ? 'dissatisfied' : 'satisfied';
    const share = Math.min(satisfied.value, 1 - satisfied.value);
    if (share < RARE_CLASS) yield { id: 'imbalance', data: { rare, share } };
  }
  if (!timeline) {
    const dated = reviews.filter(({ time }) => time !== undefined).length;
    yield { id: 'no-trends', data: { dated } };
  } else if (timeline.outside > 0) yield { id: 'odd-dates', data: { reviews: timeline.outside } };
  if (products.length === 0 && reviews.some(({ product }) => product))
    yield { id: 'one-product', data: { fewest: FEWEST_REVIEWS } };
  if (withoutTheme > MANY_WITHOUT_THEME) yield { id: 'without-theme', data: { share: withoutTheme } };
}
