/** What people ask for: "8 enemies, length 120, starts with Ka, rarity rare". */
import { didYouMean, UserError } from '@gradus/base';
import type { Askable, Wants } from './kinds/kind.ts';

const COUNTED = '个只块名枚格条座处';
const NUMBER_FIRST = new RegExp(`^(\\d+(?:\\.\\d+)?)\\s*[${COUNTED}]?\\s*(\\S.*)$`, 'u');
const NUMBER_LAST = new RegExp(
  `^(\\S.*?)\\s*(?:[:=：为是]|\\bof\\b)?\\s*(-?\\d+(?:\\.\\d+)?)\\s*[${COUNTED}]?$`,
  'u',
);
const STARTS =
  /^(?:(?:starts|begins|starting|beginning) with\s+|以)\s*["“]?(.+?)["”]?(?:\s*(?:开头|起头))?$/iu;
const ENDS = /^(?:(?:ends|ending) with\s+["“]?(.+?)["”]?|以\s*["“]?(.+?)["”]?\s*结尾)$/iu;
/** Small words before what is asked for. */
const BEFORE = /^(?:with|and|an?|the|有|并且?|约)\s+/iu;
const BETWEEN = /\s+and\s+|\s*[和与且]\s*/u;
/** Words of people for names that come up in legends and sheets, the likeliest first. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  long: ['length'],
  wide: ['length'],
  'tiles long': ['length'],
  'columns long': ['length'],
  'letters long': ['length'],
  letters: ['length'],
  长: ['length'],
  长度: ['length'],
  宽: ['length'],
  宽度: ['length'],
  字: ['length'],
  字母: ['length'],
  敌人: ['enemy'],
  怪物: ['enemy'],
  金币: ['coin', 'gold', 'collectable'],
  金子: ['gold', 'collectable', 'coin'],
  收集物: ['collectable', 'coin', 'gold'],
  梯子: ['ladder', 'climbable'],
  绳子: ['rope'],
  绳索: ['rope'],
  平台: ['platform', 'solidtop'],
  管道: ['pipe'],
  类别: ['class', 'type'],
  类型: ['type', 'class'],
  稀有度: ['rarity'],
  挑战等级: ['challenge_rating', 'challenge rating', 'challenge'],
  等级: ['level'],
  体型: ['size'],
};
const JOINTS = /[\s._:=：-]+/u;

type Known = Readonly<Record<string, Askable>>;

/**
 * @param known What can be asked for
 * @throws UserError where something is not known, or asked for twice
 */
export function readWants(text: string, known: Known): Wants {
  const wants: Record<string, number | string> = {};
  const parts = text
    .split(/[,，;；、]/u)
    .map((part) => part.trim().replace(BEFORE, ''))
    .filter((part) => part !== '')
    .flatMap((part) => {
      const pieces = part.split(BETWEEN);
      return wantOf(part, known) || pieces.some((piece) => !wantOf(piece, known)) ? [part] : pieces;
    });
  for (const part of parts) {
    const [name, value] = wantOf(part, known) ?? unknown(part, known);
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

function wantOf(text: string, known: Known): [string, number | string] | undefined {
  const part = text.replace(BEFORE, '');
  for (const [name, text] of textsOf(part)) {
    const spelt = spelling(text, known[name]);
    if (spelt !== undefined) return [name, spelt];
  }
  const first = NUMBER_FIRST.exec(part);
  const last = NUMBER_LAST.exec(part);
  for (const [name, value] of [
    [first?.[2], first?.[1]],
    [last?.[1], last?.[2]],
  ]) {
    const found = name === undefined ? undefined : nameOf(name, known, 'number');
    const askable = found === undefined ? undefined : known[found]!;
    if (askable?.kind === 'number') return [askable.as ?? found!, Number(value)];
  }
  return choiceOf(part, known);
}

/** What a name is to end or begin with. */
function textsOf(part: string): [name: string, text: string][] {
  const [ends, starts] = [ENDS.exec(part), STARTS.exec(part)];
  return [
    ...(ends ? [['ends with', (ends[1] ?? ends[2])!] as [string, string]] : []),
    ...(starts ? [['starts with', starts[1]!] as [string, string]] : []),
  ];
}

/** A text in the letters that originals have, large or small; undefined where they lack one. */
function spelling(text: string, askable: Askable | undefined): string | undefined {
  if (askable?.kind !== 'text') return undefined;
  const { letters } = askable;
  if (letters === undefined) return text;
  const spelt = Array.from(text, (letter) =>
    [letter, letter.toLowerCase(), letter.toUpperCase()].find((form) => letters.includes(form)),
  );
  return spelt.includes(undefined) ? undefined : spelt.join('');
}

/** "rarity rare", or "rare" alone where one field has such a value. */
function choiceOf(part: string, known: Known): [string, string] | undefined {
  const words = part.split(JOINTS);
  const chosenOf = (name: string, text: string): string | undefined => {
    const askable = known[name]!;
    if (askable.kind !== 'choice') return undefined;
    const wanted = text.toLowerCase();
    return (
      askable.values.find((value) => value.toLowerCase() === wanted) ??
      only(askable.values.filter((value) => value.toLowerCase().split('/').includes(wanted)))
    );
  };
  for (let length = 1; length < words.length; length++) {
    const name = nameOf(words.slice(0, length).join(' '), known, 'choice');
    // The value as it was written: it may hold dashes and dots itself.
    const rest = part.slice(part.indexOf(words[length]!, words.slice(0, length).join('').length)).trim();
    const value =
      name === undefined
        ? undefined
        : (chosenOf(name, rest) ?? chosenOf(name, words.slice(length).join(' ')));
    if (value !== undefined) return [name!, value];
  }
  const fields = Object.keys(known).filter((name) => chosenOf(name, part) !== undefined);
  const field = only(fields);
  return field === undefined ? undefined : [field, chosenOf(field, part)!];
}

/** A name as it is, in small letters, or the only one that holds all its words: "challenge" for challenge_rating. */
function nameOf(text: string, known: Known, kind: Askable['kind']): string | undefined {
  const small = text.toLowerCase();
  const isKnown = (name: string) => Object.hasOwn(known, name) && known[name]!.kind === kind;
  const own = [text, small, ...(Object.hasOwn(OTHER_WORDS, small) ? OTHER_WORDS[small]! : [])];
  return (
    own.find(isKnown) ?? own.map((each) => heldBy(each, Object.keys(known).filter(isKnown))).find(Boolean)
  );
}

/** The only name that has all words of a text. */
function heldBy(text: string, names: readonly string[]): string | undefined {
  const words = text.toLowerCase().split(JOINTS);
  return only(
    names.filter((name) => {
      const others = name.toLowerCase().split(JOINTS);
      return words.every((word) => others.includes(word));
    }),
  );
}

const only = <T>(values: readonly T[]): T | undefined => (values.length === 1 ? values[0] : undefined);

/** Values that a message names. */
const MOST_SHOWN = 5;
const MOST_NAMES = 30;

function unknown(part: string, known: Known): never {
  for (const [name, text] of textsOf(part)) {
    const letter = [...text].find((letter) => spelling(letter, known[name]) === undefined);
    if (known[name] && letter !== undefined)
      throw new UserError({
        en: `--want: "${part}" cannot be: no original has the letter "${letter}"`,
        zh: `--want：无法满足“${part}”：原有名称中没有字符“${letter}”`,
      });
  }
  const names = Object.keys(known).filter(
    (name) => (known[name] as { as?: string }).as === undefined || name.length > 1,
  );
  const shown = names
    .slice(0, MOST_NAMES)
    .filter((name) => !(name.endsWith('s') && names.includes(name.slice(0, -1))) && !name.endsWith('ies'))
    .map((name) => {
      const askable = known[name]!;
      if (askable.kind !== 'choice') return name;
      const values = askable.values.slice(0, MOST_SHOWN).join(' | ');
      return `${name} (${values}${askable.values.length > MOST_SHOWN ? ' | …' : ''})`;
    });
  const hint = didYouMean(part.replaceAll(/[\d\s]+/g, ''), names);
  throw new UserError({
    en: `--want: "${part}" is not understood.${hint.en} A number and what it counts, such as "length 8", or a name and its value; what can be asked for: ${shown.join(', ') || 'nothing'}`,
    zh: `--want：无法理解“${part}”。${hint.zh}应为数字及其对象（如“length 8”），或名称及其取值；可用：${shown.join('、') || '无'}`,
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
