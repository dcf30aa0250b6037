/** Choosing among fits of one series by the corrected Akaike information (Hurvich and Tsai, 1989). */

interface Informed {
  readonly aicc: number;
}

/** A fit whose information is larger than the least by more than this has no support (Burnham and Anderson, 2002, section 2.6). */
const NO_SUPPORT = 10;

/** The fit of the least information, of equal ones the first; undefined where there is none. */
export const leastInformation = <F extends Informed>(fits: readonly F[]): F | undefined =>
  fits.reduce<F | undefined>((a, b) => (a && a.aicc <= b.aicc ? a : b), undefined);

/** Those that are nearly as good as the best. */
export const nearlyAsGood = <F extends Informed>(fits: readonly F[], best: Informed): F[] =>
  fits.filter(({ aicc }) => aicc <= best.aicc + NO_SUPPORT);
