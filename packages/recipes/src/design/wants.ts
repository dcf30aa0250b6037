/** What people ask for: "8 enemies, length 120, starts with Ka". */
import { didYouMean, UserError } from '@gradus/base';
import type { Wants } from './kinds/kind.ts';

const NUMBER_FIRST = /^(\d+(?:\.\d+)?)\s*(?:个|只|块)?\s*(\S.*)$/u;
const NUMBER_LAST = /^(\S.*?)\s*[:=：]?\s*(\d+(?:\.\d+)?)$/u;
const STARTS = /^(?:starts with|以)\s*["“]?(.+?)["”]?(?:开头)?$/iu;
const ENDS = /^(?:ends with)\s*["“]?(.+?)["”]?$/iu;
const CHINESE: Readonly<Record<string, string>> = { 长度: 'length', 宽度: 'length', 敌人: 'enemy' };

/**
 * @param known Names of what can be asked for
 * @throws UserError where something is not known, or asked for twice
 */
export function readWants(text: string, known: readonly string[]): Wants {
  const wants: Record<string, number | string> = {};
  const parts = text
    .split(/[,，;；]/u)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const part of parts) {
    const [name, value] = wantOf(part, known);
    if (wants[name] !== undefined && wants[name] !== value) {
      throw new UserError({
        en: `--want asks for two things at once: ${name} ${wants[name]} and ${name} ${value}`,
        zh: `--want 自相矛盾：${name} 同时为 ${wants[name]} 和 ${value}`,
      });
    }
    wants[name] = value;
  }
  return wants;
}

function wantOf(part: string, known: readonly string[]): [string, number | string] {
  const starts = STARTS.exec(part);
  if (starts && known.includes('starts with')) return ['starts with', starts[1]!];
  const ends = ENDS.exec(part);
  if (ends && known.includes('ends with')) return ['ends with', ends[1]!];
  const first = NUMBER_FIRST.exec(part);
  const last = NUMBER_LAST.exec(part);
  const [name, value] = first ? [first[2]!, first[1]!] : last ? [last[1]!, last[2]!] : [part, ''];
  const word = CHINESE[name] ?? (known.includes(name) ? name : name.toLowerCase());
  if (value === '' || !known.includes(word)) throw unknown(part, word, known);
  return [word, Number(value)];
}

function unknown(part: string, word: string, known: readonly string[]): UserError {
  const names = [...new Set(known)].filter((name) => !name.endsWith('ies') && !name.endsWith('s'));
  const hint = didYouMean(word, known);
  return new UserError({
    en: `--want: "${part}" is not understood.${hint.en} A number and what it counts, such as "length 8"; what can be asked for: ${names.join(', ')}`,
    zh: `--want：无法理解“${part}”。${hint.zh}应为数字及其对象，如“length 8”；可用：${names.join('、')}`,
  });
}

/** How far an item is from what was asked for, from 0: the mean of relative differences. */
export function missOf(properties: Readonly<Record<string, number | string>>, wants: Wants): number {
  const misses = Object.entries(wants).map(([name, want]) => {
    const value = properties[name];
    if (typeof want === 'number') return Math.abs(Number(value ?? 0) - want) / Math.max(1, want);
    const text = String(value).toLowerCase();
    return Number(
      !(name === 'ends with' ? text.endsWith(want.toLowerCase()) : text.startsWith(want.toLowerCase())),
    );
  });
  return misses.length === 0 ? 0 : misses.reduce((a, b) => a + b, 0) / misses.length;
}
