/** Figures and verdicts in words. */
import { count, type Localized, percent, significant } from '@gradus/base';
import type { QualityChange, QualityItem, QualityVerdict } from './summary.ts';

export const VERDICTS: Readonly<Record<QualityVerdict, Localized>> = {
  meets: { en: 'meets', zh: '达标' },
  fails: { en: 'fails', zh: '不达标' },
  'cannot tell': { en: 'cannot tell', zh: '尚不能判断' },
};

export function figureInWords(measured: number, unit: QualityItem['unit']): string {
  // What sums of floating numbers leave of 0 is 0.
  const size = Math.abs(measured) < 1e-12 ? 0 : Math.abs(measured);
  return `${measured < 0 && size > 0 ? '−' : ''}${sizeInWords(size, unit)}`;
}

function sizeInWords(size: number, unit: QualityItem['unit']): string {
  if (unit === 'share') return size <= 1 ? percent(size) : `${(100 * size).toFixed(1)}%`;
  if (unit === 'seconds') return `${significant(size)} s`;
  if (unit === 'points') return size.toFixed(1);
  return significant(size);
}

export function rangeInWords(low: number | null, high: number | null, unit: QualityItem['unit']): string {
  const shown = (value: number | null, none: string) => (value === null ? none : figureInWords(value, unit));
  return `${shown(low, '−∞')} – ${shown(high, '∞')}`;
}

export function limitInWords({
  limit,
  limitKind,
  unit,
}: Pick<QualityItem, 'limit' | 'limitKind' | 'unit'>): Localized {
  const value = figureInWords(limit, unit);
  return limitKind === 'at least'
    ? { en: `at least ${value}`, zh: `不低于 ${value}` }
    : { en: `at most ${value}`, zh: `不高于 ${value}` };
}

/** The verdict, and of one that cannot be told how many rows would tell. */
export function verdictInWords({
  verdict,
  needed,
  n,
}: Pick<QualityItem, 'verdict' | 'needed' | 'n'>): Localized {
  const { en, zh } = VERDICTS[verdict];
  if (verdict !== 'cannot tell') return { en, zh };
  const rows = needed === null || needed > MOST_NEEDED ? undefined : count(needed);
  const why = n === 0 ? UNMEASURED : ON_LIMIT;
  if (rows === undefined) return { en: `${en} (${why.en})`, zh: `${zh}（${why.zh}）` };
  return n === 0
    ? { en: `${en} (${why.en}; about ${rows} rows would)`, zh: `${zh}（${why.zh}；约需 ${rows} 行）` }
    : { en: `${en} (about ${rows} rows needed)`, zh: `${zh}（约需 ${rows} 行）` };
}

/** More rows than these nobody collects for one figure. */
export const MOST_NEEDED = 1e6;
const UNMEASURED: Localized = { en: 'nothing measures it', zh: '没有证据测量它' };
const ON_LIMIT: Localized = { en: 'it lies on its limit', zh: '恰在限值附近' };

/** What rows are taken together by, where that is no column of the file. */
const TOGETHER: Readonly<Record<string, Localized>> = {
  piece: { en: 'piece', zh: '同一件产品' },
  stretch: { en: 'stretch of rows', zh: '一段连续的行' },
};

export const togetherInWords = (clusteredBy: string): Localized =>
  TOGETHER[clusteredBy] ?? { en: clusteredBy, zh: clusteredBy };

/** Columns that no file has, made of where rows came from. */
const COLUMNS: Readonly<Record<string, Localized>> = {
  file: { en: 'file', zh: '文件' },
  system: { en: 'system', zh: '系统' },
  kind: { en: 'kind', zh: '类别' },
};

const columnInWords = (name: string): Localized => COLUMNS[name] ?? { en: name, zh: name };

/** Of rows parted by a word in the name of their file (`with "headset"`), which no cell says. */
const WORD_IN_NAME = /^(with|without) "(.+)"$/;

/** A slice within a sentence: microphone "far", or file without "headset". */
export function sliceInWords(column: string, level: string): Localized {
  const { en, zh } = columnInWords(column);
  const [, kind, word] = WORD_IN_NAME.exec(level) ?? [];
  return word === undefined
    ? { en: `${en} "${level}"`, zh: `${zh}${/\w$/.test(zh) ? ' ' : ''}为“${level}”` }
    : { en: `${en} ${level}`, zh: `${zh}${kind === 'with' ? '含' : '不含'}“${word}”` };
}

/** The version that is judged, where there are several. */
export function judgedInWords(changes: readonly Pick<QualityChange, 'after'>[]): Localized {
  const judged = [...new Set(changes.map(({ after }) => after))].join(', ');
  return judged === '' ? { en: '', zh: '' } : { en: ` (judged: ${judged})`, zh: `（评判的是 ${judged}）` };
}
