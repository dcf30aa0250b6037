/**
 * Rules that people state of their sheets, one a line: `min_damage <= max_damage`, `price > 0`, `if rarity = Legendary then price >= 1000`.
 * What stands on either side is a field, a number or a word.
 */
import { didYouMean, type Localized, UserError } from '@gradus/base';
import type { Sheet, SheetValue } from './fields.ts';

/** Plain data. */
export interface StatedRule {
  /** As it was written. */
  readonly text: string;
  readonly condition?: Comparison;
  readonly demand: Comparison;
}

interface Comparison {
  readonly left: string;
  readonly sign: Sign;
  /** A field where `isField`. */
  readonly right: string;
  readonly isField: boolean;
}

type Sign = '<=' | '>=' | '<' | '>' | '=' | '!=';

const COMPARISON = /^(.+?)\s*(<=|>=|!=|<|>|=)\s*(.+)$/u;
const IF = /^(?:if|如果)\s+(.+?)\s+(?:then|则|那么)\s+(.+)$/iu;
const MOST_RULES = 200;

/** @throws UserError naming the line and what it does not know */
export function readStatedRules(text: string, file: string, fields: readonly string[]): StatedRule[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n?|\n/);
  return lines.slice(0, MOST_RULES).flatMap((line, i): StatedRule[] => {
    const own = line.trim();
    if (own === '' || own.startsWith('#')) return [];
    const [, condition, demand] = IF.exec(own) ?? [undefined, undefined, own];
    const read = (part: string) => comparisonOf(part, fields, `${file}:${i + 1}`);
    return [{ text: own, ...(condition && { condition: read(condition) }), demand: read(demand!) }];
  });
}

function comparisonOf(text: string, fields: readonly string[], where: string): Comparison {
  const [, left, sign, right] = COMPARISON.exec(text.trim()) ?? [];
  if (left === undefined) {
    throw new UserError({
      en: `${where}: "${text}" is no rule; expected one such as "price > 0" or "if rarity = Legendary then price >= 1000"`,
      zh: `${where}：“${text}”不是规则；应类似“price > 0”或“if rarity = Legendary then price >= 1000”`,
    });
  }
  if (!fields.includes(left)) {
    const hint = didYouMean(left, fields);
    throw new UserError({
      en: `${where}: there is no field "${left}".${hint.en} Fields: ${fields.join(', ')}`,
      zh: `${where}：没有字段“${left}”。${hint.zh}字段有：${fields.join('、')}`,
    });
  }
  const word = right!.replace(/^["“](.*)["”]$/u, '$1');
  return { left, sign: sign as Sign, right: word, isField: fields.includes(right!) };
}

/** The first rule that a sheet breaks. */
export function brokenRule(sheet: Sheet, rules: readonly StatedRule[]): Localized | undefined {
  const broken = rules.find(
    ({ condition, demand }) => (!condition || holds(sheet, condition)) && !holds(sheet, demand),
  );
  return broken && { en: `breaks the rule "${broken.text}"`, zh: `违反规则“${broken.text}”` };
}

/** What is missing breaks no rule. */
function holds(sheet: Sheet, { left, sign, right, isField }: Comparison): boolean {
  const [a, b]: SheetValue[] = [sheet[left] ?? null, isField ? (sheet[right] ?? null) : right];
  if (a === null || b === null) return sign !== '=' || a === b;
  if (Array.isArray(a)) return sign === '!=' ? !a.includes(String(b)) : a.includes(String(b));
  const [x, y] = [Number(a), Number(b)];
  const isNumber = Number.isFinite(x) && Number.isFinite(y);
  const order = isNumber ? x - y : String(a).toLowerCase().localeCompare(String(b).toLowerCase());
  return SIGNS[sign](order);
}

const SIGNS: Readonly<Record<Sign, (order: number) => boolean>> = {
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
};
