/** Names: one a line. A made name is as long as the originals are, and none of them. */
import { editDistance, type Localized, plural, type Random, UserError } from '@gradus/base';
import type { Corpus, DesignKind, SetAside } from './kind.ts';

export interface NamesRules {
  readonly shortest: number;
  readonly longest: number;
  /** That names have. Absent of runs of before: any. */
  readonly letters?: string;
}

const MOST_LETTERS = 60;
const FEWEST = 20;
const SPACES = /\s+/gu;
const LETTERS = /[\p{L}\p{N}]/u;

export const names: DesignKind<NamesRules> = {
  name: 'names',
  title: { en: 'names', zh: '名称' },

  is: (files) => files.length === 1 && files[0]!.text !== '',

  read: ([file]) => {
    const { name, text } = file!;
    const lines = text.replace(/^\uFEFF/, '').split(/\r\n?|\n/);
    const seen = new Set<string>();
    const aside = new Map<string, { reason: Localized; lines: number[] }>();
    const leave = (reason: Localized, line: number) => {
      const known = aside.get(reason.en) ?? { reason, lines: [] };
      known.lines.push(line);
      aside.set(reason.en, known);
    };
    for (const [i, line] of lines.entries()) {
      const item = line.trim().replace(SPACES, ' ').normalize('NFC');
      if (item === '') continue;
      const letters = [...item].length;
      if (letters > MOST_LETTERS) leave(TOO_LONG, i + 1);
      else if (!LETTERS.test(item)) leave(NO_LETTERS, i + 1);
      else if (seen.has(item)) leave(REPEATED, i + 1);
      else seen.add(item);
    }
    const items = [...seen];
    if (items.length < FEWEST) throw tooFew(name, items.length);
    const lengths = items.map((item) => [...item].length);
    const setAside = [...aside.values()].map(
      ({ reason, lines }): SetAside => ({
        reason,
        count: lines.length,
        where: lines.slice(0, 5).map((line) => `${name}:${line}`),
      }),
    );
    const rules = {
      shortest: Math.min(...lengths),
      longest: Math.max(...lengths),
      letters: [...new Set(items.join(''))].sort().join(''),
    };
    return { kind: 'names', items, rules, setAside, notes: scriptsOf(items) } satisfies Corpus<NamesRules>;
  },

  askable: ({ letters }) => {
    const text = { kind: 'text', ...(letters !== undefined && { letters }) } as const;
    return { length: { kind: 'number' }, 'starts with': text, 'ends with': text };
  },

  impossible: ({ length, 'starts with': start }, { longest }) => {
    const begun = typeof start === 'string' ? [...start].length : 1;
    if (length === undefined || (Number(length) >= begun && Number(length) <= longest)) return undefined;
    return {
      en: `names of ${length} letters cannot be made: originals have at most ${longest}${begun > 1 ? `, and "${start}" has ${begun} already` : ''}`,
      zh: `无法生成 ${length} 个字符的名称：原有名称最多 ${longest} 个${begun > 1 ? `，而“${start}”已有 ${begun} 个` : ''}`,
    };
  },

  sequenceOf: (item) => item,
  itemOf: (sequence) => sequence,
  shape: ({ longest }) => ({
    longest: longest + 1,
    window: longest + 1,
    // Whether a name is new shows at its end: then all of it is drawn again.
    stride: longest + 1,
    contexts: [2, 3, 4, 5, 6].map((length) => ({ offsets: Array.from({ length }, (_, i) => i + 1) })),
  }),

  weights: ({ shortest, longest }, vocabulary, wants) => {
    const [start, length] = [wants['starts with'], wants.length];
    const first = typeof start === 'string' ? vocabulary.encode(start) : [];
    const [least, most] = typeof length === 'number' ? [length, length] : [shortest, longest];
    const only = (allowed: (token: number) => boolean) =>
      Float64Array.from({ length: vocabulary.size }, (_, token) => Number(allowed(token)));
    const [any, noEnd, end] = [only(() => true), only((token) => token !== 0), only((token) => token === 0)];
    return (before) => {
      const own = first[before.length];
      if (own !== undefined) return only((token) => token === own);
      if (before.length < least) return noEnd;
      return before.length < most ? any : end;
    };
  },

  isOpen: (_, vocabulary, originals) => {
    const known = new Set(originals.map((original) => original.toLowerCase()));
    return (before, hasEnded) => !hasEnded || !known.has(vocabulary.decode(before).toLowerCase());
  },

  judge: (item, { shortest, longest }) => {
    const letters = [...item].length;
    if (letters < shortest || letters > longest) {
      return {
        isValid: false,
        reason: {
          en: `${plural(letters, 'letter')}; originals have ${shortest} to ${longest}`,
          zh: `${letters} 个字符；原有名称为 ${shortest} 到 ${longest} 个`,
        },
      };
    }
    return { isValid: true };
  },

  nearest: (item, originals) => {
    let [best, least] = ['', Number.POSITIVE_INFINITY];
    const folded = item.toLowerCase();
    for (const original of originals) {
      if (Math.abs(original.length - item.length) >= least) continue;
      const edits = editDistance(folded, original.toLowerCase());
      if (edits < least) [best, least] = [original, edits];
      if (least === 0) break;
    }
    return {
      item: best,
      distance: { en: `${plural(least, 'letter')} apart`, zh: `相差 ${least} 个字符` },
      isCopy: least === 0,
    };
  },

  recombine: (originals, _, random: Random) => {
    const draw = () => [...originals[random.below(originals.length)]!];
    const [a, b] = [draw(), draw()];
    const cut = (letters: readonly string[]) => 1 + random.below(Math.max(1, letters.length - 1));
    return [...a.slice(0, cut(a)), ...b.slice(cut(b))].join('');
  },

  patterns: (item) => {
    const letters = ['^', ...item, '$'];
    return letters.slice(2).map((_, i) => letters.slice(i, i + 3).join(''));
  },
  distance: (a, b) => editDistance(a, b) / Math.max(a.length, b.length, 1),
  properties: (item) => ({ length: [...item].length, 'starts with': item, 'ends with': item }),
  drafting: ({ shortest, longest }) => ({
    task: `Names of ${shortest} to ${longest} letters. A design is a name.`,
    quoted: (item) => JSON.stringify(item),
    atOnce: 20,
    maxTokens: 600,
    itemOf: (draft) => {
      const name = typeof draft === 'string' ? draft.trim().replace(SPACES, ' ').normalize('NFC') : '';
      return LETTERS.test(name) ? name : NO_LETTERS;
    },
  }),
  files: (made) => [{ name: 'names.txt', content: made.map(({ item }) => `${item}\n`).join('') }],
};

const TOO_LONG: Localized = {
  en: `longer than ${MOST_LETTERS} letters: a sentence, not a name`,
  zh: `超过 ${MOST_LETTERS} 个字符：像句子而非名称`,
};
const NO_LETTERS: Localized = { en: 'no letter or digit in it', zh: '不含字母或数字' };
const REPEATED: Localized = { en: 'the same as a line before', zh: '与前面的行相同' };

const tooFew = (file: string, items: number): UserError =>
  new UserError({
    en: `${file} holds ${plural(items, 'different name')}; at least ${FEWEST} are needed to learn from, one a line`,
    zh: `${file} 只有 ${items} 个不同的名称；至少需要 ${FEWEST} 个，每行一个`,
  });

/** One model learns all of them; names of two scripts mix in none. */
function scriptsOf(items: readonly string[]): Localized[] {
  const chinese = items.filter((item) => /\p{Script=Han}/u.test(item)).length;
  if (chinese === 0 || chinese === items.length) return [];
  return [
    {
      en: `${chinese} of ${items.length} names are Chinese: both kinds are learnt together; a file for each gives better ones`,
      zh: `${items.length} 个名称中有 ${chinese} 个为中文：两种一起学习；分成两个文件效果更好`,
    },
  ];
}
