/**
 * Globs, for paths on disk and keys of objects alike: `*` and `?` within a name, `[a-c]` and `[!a]`, `{csv,tsv}`, and `**`
 * for any number of folders. Matching takes time in proportion to pattern times path, whatever either holds.
 */
import { UserError } from '@gradus/base';

export interface Glob {
  /** The folders in front of the first name with a wildcard; `''` where there are none, `/` at the root. */
  readonly base: string;
  /** @param path Below `base`, with `/` between names. */
  matches(path: string): boolean;
  /** Whether a path below this folder may match. */
  mayMatchBelow(folder: string): boolean;
}

export const isGlob = (path: string): boolean => /[*?[{]/.test(path);

/** @throws UserError where braces make too many patterns */
export function glob(pattern: string): Glob {
  const names = pattern.split('/');
  const first = names.findIndex(isGlob);
  const base = names.slice(0, first).join('/');
  const patterns = alternatives(names.slice(first).join('/')).map((path) => path.split('/').map(nameMatcher));
  return {
    base: base === '' && pattern.startsWith('/') ? '/' : base,
    matches: (path) =>
      patterns.some((steps) => reached(steps, path.split('/')).some((at) => isDone(steps, at))),
    mayMatchBelow: (folder) =>
      patterns.some((steps) => reached(steps, folder.split('/')).some((at) => at < steps.length)),
  };
}

const MOST_ALTERNATIVES = 1000;

/** `{a,b}` written out; braces without a comma stand for themselves. */
function alternatives(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = innermostGroup(next);
    if (!group) done.push(next);
    else for (const choice of group.choices.toReversed()) open.push(group.before + choice + group.after);
    if (done.length + open.length > MOST_ALTERNATIVES) {
      throw new UserError({
        en: `${pattern}: its braces stand for over ${MOST_ALTERNATIVES} patterns. Use * in their place.`,
        zh: `${pattern}：花括号展开后超过 ${MOST_ALTERNATIVES} 个模式。请改用 *。`,
      });
    }
  }
  return done;
}

function innermostGroup(pattern: string): { before: string; choices: string[]; after: string } | undefined {
  const group = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (!group) return undefined;
  return {
    before: pattern.slice(0, group.index),
    choices: group[1]!.split(','),
    after: pattern.slice(group.index + group[0].length),
  };
}

const ANY_FOLDERS = Symbol('**');
type NameMatcher = typeof ANY_FOLDERS | ((name: string) => boolean);

/** The places in a pattern where one can be after these names. */
function reached(steps: readonly NameMatcher[], names: readonly string[]): number[] {
  let places = withoutFolders(steps, [0]);
  for (const name of names) {
    const next = places.flatMap((at) => {
      const step = steps[at];
      if (step === undefined) return [];
      if (step === ANY_FOLDERS) return [at];
      return step(name) ? [at + 1] : [];
    });
    places = withoutFolders(steps, next);
    if (places.length === 0) break;
  }
  return places;
}

/** With the places behind each `**`, which may stand for no folder. */
function withoutFolders(steps: readonly NameMatcher[], places: readonly number[]): number[] {
  const all = new Set(places);
  for (const at of all) if (steps[at] === ANY_FOLDERS) all.add(at + 1);
  return [...all];
}

const isDone = (steps: readonly NameMatcher[], at: number): boolean => at === steps.length;

type Token = '*' | ((character: string) => boolean);

function nameMatcher(pattern: string): NameMatcher {
  if (pattern === '**') return ANY_FOLDERS;
  const tokens = tokensOf(pattern);
  return (name) => {
    const characters = Array.from(name);
    let [token, at] = [0, 0];
    // Where to go on from if the last star has to take one character more.
    let star = -1;
    let taken = 0;
    while (at < characters.length) {
      const test = tokens[token];
      if (test === '*') {
        star = token++;
        taken = at;
      } else if (test?.(characters[at]!)) {
        token += 1;
        at += 1;
      } else if (star >= 0) {
        token = star + 1;
        at = ++taken;
      } else return false;
    }
    return tokens.slice(token).every((rest) => rest === '*');
  };
}

function tokensOf(pattern: string): Token[] {
  const characters = Array.from(pattern);
  const tokens: Token[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    const close = character === '[' ? characters.indexOf(']', i + 2) : -1;
    if (character === '*') tokens.push('*');
    else if (character === '?') tokens.push(() => true);
    else if (close > 0) {
      tokens.push(classMatcher(characters.slice(i + 1, close)));
      i = close;
    } else tokens.push((other) => other === character);
  }
  return tokens;
}

/** The characters of `[a-z_]`; after `!` or `^` all others. */
function classMatcher(characters: readonly string[]): (character: string) => boolean {
  const negated = characters[0] === '!' || characters[0] === '^';
  const list = negated ? characters.slice(1) : characters;
  const ranges: (readonly [string, string])[] = [];
  for (let i = 0; i < list.length; i++) {
    const isRange = list[i + 1] === '-' && i + 2 < list.length;
    ranges.push([list[i]!, list[isRange ? i + 2 : i]!]);
    if (isRange) i += 2;
  }
  return (character) => ranges.some(([from, to]) => character >= from && character <= to) !== negated;
}
