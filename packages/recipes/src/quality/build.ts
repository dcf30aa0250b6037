/**
 * Step 3: the house of quality (Hauser and Clausing, "The House of Quality", 1988): needs down the side with their weights,
 * characteristics along the top, and how strongly each answers each. The weight of a characteristic is what all needs give it.
 */
import type { Localized } from '@gradus/base';
import { words } from '@gradus/data';
import type { Need } from './needs.ts';
import type { Prepared } from './prepare.ts';
import type { Characteristic } from './standard/standard.ts';

export interface House {
  readonly needs: readonly { readonly name: Localized; readonly weight: number }[];
  /** [needs][characteristics]: 9, 3, 1, or 0 for none. */
  readonly strengths: readonly (readonly number[])[];
  /** Of each characteristic, as a share of all. */
  readonly weights: readonly number[];
}

/** Of a word that a need and a characteristic share, nobody knows how strongly the one answers the other. */
const BY_WORD = 3;
/** A characteristic that no need speaks of counts as a tenth of one that they speak of as much as of others. */
export const UNASKED = 0.1;

export function build({ prepare: { standard, needs } }: { readonly prepare: Prepared }): House {
  const { characteristics } = standard;
  const strengths = needs.map((need) => characteristics.map((one) => strengthOf(need, one)));
  const total = needs.reduce((sum, { weight }) => sum + weight, 0);
  const named = needs.map(({ name, weight }) => ({ name, weight: weight / total }));
  const answered = strengths.some((row) => row.some((strength) => strength > 0));
  const asked = characteristics.map((_, i) =>
    named.reduce((sum, { weight }, k) => sum + weight * strengths[k]![i]!, 0),
  );
  const spoken = asked.filter((much) => much > 0);
  const usual = spoken.reduce((sum, much) => sum + much, 0) / spoken.length;
  const weights = characteristics.map(({ weight }, i) =>
    answered ? weight * (asked[i]! > 0 ? asked[i]! : UNASKED * usual) : weight,
  );
  const all = weights.reduce((sum, each) => sum + each, 0);
  return { needs: named, strengths, weights: weights.map((weight) => weight / all) };
}

/** Said by the standard, or because they share a word. */
function strengthOf({ name, terms = [], answeredBy }: Need, one: Characteristic): number {
  const said = answeredBy[one.name.en] ?? answeredBy[one.name.zh];
  if (said !== undefined) return said;
  if (Object.keys(answeredBy).length > 0) return 0;
  const text = [name.en, name.zh, ...terms].join(' ').toLowerCase();
  const tokens = new Set(words(text));
  const isShared = one.keywords.some((word) => {
    const plain = word.toLowerCase();
    return /\p{Script=Han}/u.test(plain) ? text.includes(plain) : tokens.has(plain);
  });
  return isShared ? BY_WORD : 0;
}
