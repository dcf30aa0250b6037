/** Numbers among options: refused where they are none, or outside of what makes sense. */
import { UserError } from '@gradus/base';

export interface Bounds {
  /** The least that is allowed. */
  readonly least?: number;
  /** Allowed is what lies above it. */
  readonly above?: number;
  /** Allowed is what lies below it. */
  readonly below?: number;
}

/**
 * @param where what takes the option, as it is called: `adam`
 * @throws UserError naming the option, its value and what it may be
 */
export function checkNumber(where: string, option: string, value: number, bounds: Bounds = {}): void {
  check(where, option, value, bounds, Number.isFinite(value), { en: 'a number', zh: '数' });
}

/** The same for whole numbers: counts and sizes. */
export function checkWhole(where: string, option: string, value: number, bounds: Bounds = {}): void {
  check(where, option, value, bounds, Number.isSafeInteger(value), { en: 'a whole number', zh: '整数' });
}

function check(
  where: string,
  option: string,
  value: number,
  { least, above, below }: Bounds,
  isKind: boolean,
  kind: { readonly en: string; readonly zh: string },
): void {
  const fits =
    isKind &&
    (least === undefined || value >= least) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below);
  if (fits) return;
  const en = [
    least !== undefined && `from ${least}`,
    above !== undefined && `above ${above}`,
    below !== undefined && `below ${below}`,
  ].filter(Boolean);
  const zh = [
    least !== undefined && `不小于 ${least}`,
    above !== undefined && `大于 ${above}`,
    below !== undefined && `小于 ${below}`,
  ].filter(Boolean);
  const given: unknown = value;
  const shown =
    typeof given === 'string'
      ? `"${given}"`
      : typeof given === 'object'
        ? JSON.stringify(given)
        : String(given);
  throw new UserError({
    en: `${where}: "${option}" is ${shown}; expected ${[kind.en, ...en].join(' ')}`,
    zh: `${where} 的“${option}”为 ${shown}；应为${zh.join('、')}${zh.length > 0 ? '的' : ''}${kind.zh}`,
  });
}
