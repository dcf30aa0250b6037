/** Reviews with known truth: what each theme costs, how its share moves, which product has it. For tests. */
import { Random } from '@gradus/base';
import type { ClauseSentiment } from '../../clause-sentiment/posterior.ts';
import type { Clause, Review } from '../../review.ts';
import type { AnalysisInput, ThemeInput } from '../input.ts';

export interface PlantedTheme {
  readonly name: string;
  /** Share of reviews at the beginning and at the end; a straight line between. */
  readonly share: readonly [start: number, end: number];
  /** No mentions before this part of the time (0 … 1). */
  readonly from?: number;
  /** Probability that a mention is dissatisfied. */
  readonly dissatisfied: number;
  /** Points a dissatisfied mention costs, and a satisfied one earns. */
  readonly costs?: number;
  readonly earns?: number;
  /** Times as common in this product. */
  readonly product?: readonly [name: string, factor: number];
  readonly general?: boolean;
}

export interface Planting {
  readonly reviews: number;
  readonly themes: readonly PlantedTheme[];
  readonly seed: number;
  readonly days?: number;
  readonly products?: readonly string[];
  readonly dates?: boolean;
  readonly outcome?: 'rating' | 'label' | 'none';
}

const WORDS =
  'came early late box broken again slow quick nice blue small huge asked twice never always paid kept'.split(
    ' ',
  );

export function madeUpReviews(planting: Planting): AnalysisInput {
  const {
    reviews: n,
    themes,
    seed,
    days = 365,
    products = ['A', 'B'],
    dates = true,
    outcome = 'rating',
  } = planting;
  const random = new Random(`made-up ${seed}`);
  const reviews: Review[] = [];
  const clauses: Clause[] = [];
  const themeOf: number[] = [];
  const clauseSentiment: ClauseSentiment[] = [];
  const exemplars: number[][] = themes.map(() => []);
  for (let i = 0; i < n; i++) {
    const at = random.uniform();
    const product = products[random.below(products.length)];
    let rating = 3.2 + random.normal(0, 0.8);
    const said: string[] = [];
    themes.forEach((theme, index) => {
      const factor = theme.product?.[0] === product ? theme.product![1] : 1;
      const share = theme.share[0] + (theme.share[1] - theme.share[0]) * at;
      if (random.uniform() >= share * factor || at < (theme.from ?? 0)) return;
      const bad = random.uniform() < theme.dissatisfied;
      rating += bad ? -(theme.costs ?? 0) : (theme.earns ?? 0);
      const times = random.below(4) === 0 ? 2 : 1;
      for (let k = 0; k < times; k++) {
        const text = `${theme.name} ${Array.from({ length: 4 }, () => WORDS[random.below(WORDS.length)]).join(' ')}`;
        exemplars[index]!.push(clauses.length);
        clauses.push({ review: i, text });
        themeOf.push(index);
        clauseSentiment.push(
          bad
            ? { polarity: 'negative', satisfied: random.uniform(0.02, 0.4) }
            : { polarity: 'positive', satisfied: random.uniform(0.6, 0.98) },
        );
        said.push(text);
      }
    });
    if (said.length === 0 || random.below(5) === 0) {
      clauses.push({ review: i, text: 'ok then' });
      themeOf.push(-1);
      clauseSentiment.push({ polarity: 'neutral', satisfied: 0.5 });
      said.push('ok then');
    }
    const stars = Math.min(5, Math.max(1, Math.round(rating)));
    reviews.push({
      row: i + 1,
      text: said.join(', '),
      ...(outcome === 'rating' && { rating: stars }),
      ...(outcome !== 'none' && { label: stars >= 4 ? 1 : 0 }),
      ...(dates && { time: Date.UTC(2025, 0, 1) + at * days * 86_400_000 }),
      ...(product !== undefined && { product }),
    });
  }
  const described = themes.map(
    (theme, index): ThemeInput => ({
      id: `t${index}`,
      name: theme.name,
      terms: [theme.name, 'came'],
      exemplars: exemplars[index]!.slice(0, 8),
      ...(theme.general && { general: true }),
    }),
  );
  return {
    reviews,
    clauses,
    themeOf: Int32Array.from(themeOf),
    themes: described,
    ...(outcome !== 'none' && {
      clauseSentiment,
      reviewSatisfaction: Float64Array.from(reviews, ({ label }) => (label === 1 ? 0.9 : 0.1)),
    }),
  };
}
