/**
 * Whether a sentence that a language model drafted is borne out by the rows that it cites: at least three of them say its words, together they
 * say most of them, and it brings no name, number or address of its own. What is not borne out is dropped, however well it reads. Attribution
 * by citations, as in Rashkin et al., "Measuring Attribution in Natural Language Generation Models" (2023), with words in the place of
 * judges: it refuses sentences that are true and worded otherwise, and lets none through that the rows do not speak of.
 */
import type { Localized } from '@gradus/base';
import {
  chineseTaggedWords,
  englishTaggedWords,
  isStopWord,
  languageOf,
  type TaggedWord,
} from '@gradus/data';

export type DraftLanguage = 'en' | 'zh';

export interface CitedRow {
  readonly row: number;
  readonly text: string;
}

export const FEWEST_CITED = 3;
/** Of the sentence's words, those that its rows say together: at least. */
const SAID = 0.5;
/** In characters. */
const LONGEST: Readonly<Record<DraftLanguage, number>> = { en: 120, zh: 48 };

/** What to do, which no review says. */
const DIRECTIVES = new Set(
  `fix improve make check add give keep reduce stop speed test offer provide ensure use allow let help train review replace change raise lower
cut avoid prevent strengthen shorten tighten clarify update solve handle address customer customers user users people more less better again
修复 改进 改善 提高 提升 加快 加强 优化 检查 增加 减少 避免 防止 提供 确保 更换 解决 处理 缩短 降低 保证 控制 统一 明确 培训 顾客 客户 用户 更 让 使`.split(
    /\s+/,
  ),
);

export const DROP_REASONS = {
  form: { en: 'not one plain sentence of its language', zh: '不是一句该语言的普通文字' },
  few: { en: 'fewer than three of its rows say so', zh: '支持它的行不足三行' },
  unsaid: { en: 'words that its rows do not say', zh: '含有所引行中没有的内容' },
} as const satisfies Readonly<Record<string, Localized>>;
export type DropReason = keyof typeof DROP_REASONS;

/** @param cited rows that the sentence cites, of those that were shown; of any language. @returns why it is dropped; null where it stands */
export function dropReason(
  sentence: string,
  language: DraftLanguage,
  cited: readonly CitedRow[],
): DropReason | null {
  if (!isPlain(sentence, language)) return 'form';
  const all = taggedWords(sentence, language).filter(({ word }) => !isStopWord(word));
  const words = all.filter(
    ({ tag, word, lemma }) => tag !== 'other' && !DIRECTIVES.has(word) && !DIRECTIVES.has(lemma),
  );
  if (words.length === 0) return 'unsaid';
  const rows = [...new Map(cited.map((row) => [row.row, row])).values()].map(({ text }) =>
    wordsOf(text, language),
  );
  const bearing = rows.filter((row) => words.some((word) => row.says(word)));
  if (bearing.length < FEWEST_CITED) return 'few';
  const said = new Set(words.filter((word) => rows.some((row) => row.says(word))).map(({ lemma }) => lemma));
  const different = new Set(words.map(({ lemma }) => lemma));
  if (said.size < SAID * different.size) return 'unsaid';
  const named = [
    ...words.filter(({ tag }) => tag === 'name').map(({ word }) => word),
    ...(sentence.match(/\d+/gu) ?? []),
  ];
  return named.some((name) => !rows.some((row) => row.text.includes(name))) ? 'unsaid' : null;
}

/** One line without markup, addresses or control characters, of the language. */
export function isPlain(sentence: string, language: DraftLanguage): boolean {
  const text = sentence.trim();
  return (
    text !== '' &&
    text.length <= LONGEST[language] &&
    !/[<>{}[\]`|\\\p{Cc}\p{Cf}]|https?:|www\.|@|\b[\w-]+\.(?:com|net|org|cn|io|ru|xyz)\b/iu.test(text) &&
    languageOf(text) === language
  );
}

const taggedWords = (text: string, language: DraftLanguage): TaggedWord[] =>
  language === 'zh' ? chineseTaggedWords(text) : englishTaggedWords(text);

interface RowWords {
  readonly text: string;
  says(word: TaggedWord): boolean;
}

function wordsOf(row: string, language: DraftLanguage): RowWords {
  const text = row.toLowerCase();
  // A Chinese word is cut otherwise from row to row: its pairs of characters are looked for.
  if (language === 'zh')
    return { text, says: ({ word }) => pairsOf(word).some((pair) => text.includes(pair)) };
  const lemmas = new Set(englishTaggedWords(row).flatMap(({ lemma, word }) => [lemma, word]));
  return { text, says: ({ lemma, word }) => lemmas.has(lemma) || lemmas.has(word) };
}

const pairsOf = (word: string): string[] =>
  word.length < 2 ? [word] : Array.from({ length: word.length - 1 }, (_, i) => word.slice(i, i + 2));
