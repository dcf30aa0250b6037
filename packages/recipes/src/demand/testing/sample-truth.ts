/** What each clause of the bundled sample is about: it was made from templates, one aspect each. */
import { ASPECTS } from '../../../../../examples/reviews/phrases.ts';
import type { Clause, Review } from '../review.ts';

const TEMPLATES = ASPECTS.flatMap(({ name, praise, blame }) =>
  [...praise, ...blame].flatMap(({ en, zh }) => [en, zh].map((text) => ({ name, pattern: patternOf(text) }))),
);

function patternOf(template: string): RegExp {
  const source = template
    .split(/(\{[^}]*\})/u)
    .map((piece) =>
      piece.startsWith('{') ? `(?:${piece.slice(1, -1).split('|').map(escaped).join('|')})` : escaped(piece),
    )
    .join('');
  return new RegExp(source, 'giu');
}

/** Cleaning turns full-width commas into others. */
function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&').replace(/[,，]/gu, '[,，]');
}

/** By clause: the aspect; null of what names none. */
export function sampleAspects(reviews: readonly Review[], clauses: readonly Clause[]): (string | null)[] {
  const ranges = reviews.map(({ text }) =>
    TEMPLATES.flatMap(({ name, pattern }) =>
      Array.from(text.matchAll(pattern), ({ 0: found, index }) => ({
        name,
        from: index,
        to: index + found.length,
      })),
    ),
  );
  const at = new Map<number, number>();
  return clauses.map(({ review, text }) => {
    const from = reviews[review]!.text.indexOf(text, at.get(review) ?? 0);
    at.set(review, from + text.length);
    const middle = from + Math.floor(text.length / 2);
    return ranges[review]!.find((range) => range.from <= middle && middle < range.to)?.name ?? null;
  });
}

export interface PurityFigures {
  /** Of the clauses in a theme: of its most frequent aspect. */
  readonly purity: number;
  /** Of the clauses of an aspect: in its most frequent theme. */
  readonly inversePurity: number;
  /** Aspects whose clauses mostly lie in one theme, in English and in Chinese alike. */
  readonly bilingual: number;
  readonly aspects: number;
  readonly themes: number;
}

/** Clauses without an aspect are left out; those without a theme count as themes of one. */
export function purityOf(
  clauses: readonly Clause[],
  aspects: readonly (string | null)[],
  themeOf: ArrayLike<number>,
): PurityFigures {
  const places = [...clauses.keys()].filter((i) => aspects[i] !== null);
  const most = (of: readonly string[]) =>
    Math.max(
      0,
      ...Map.groupBy(of, (one) => one)
        .values()
        .map(({ length }) => length),
    );
  const theme = (i: number) => (themeOf[i]! < 0 ? `none ${i}` : String(themeOf[i]));
  const sum = (groups: Iterable<readonly number[]>, key: (i: number) => string) =>
    [...groups].reduce((total, of) => total + most(of.map(key)), 0);
  const byTheme = Map.groupBy(places, theme);
  const byAspect = Map.groupBy(places, (i) => aspects[i]!);
  const isChinese = (i: number) => /\p{Script=Han}/u.test(clauses[i]!.text);
  const first = (of: readonly number[]) => {
    const [best] = [...Map.groupBy(of, theme)].sort(([, a], [, b]) => b.length - a.length);
    return best && best[1].length * 2 > of.length ? best[0] : null;
  };
  const bilingual = [...byAspect.values()].filter((of) => {
    const [zh, en] = [first(of.filter(isChinese)), first(of.filter((i) => !isChinese(i)))];
    return zh !== null && zh === en;
  });
  return {
    purity: sum(byTheme.values(), (i) => aspects[i]!) / places.length,
    inversePurity: sum(byAspect.values(), theme) / places.length,
    bilingual: bilingual.length,
    aspects: byAspect.size,
    themes: new Set(places.map((i) => themeOf[i]!).filter((one) => one >= 0)).size,
  };
}
