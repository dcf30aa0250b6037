/**
 * Words with what they are: their part of speech, and for English the form that a dictionary lists ("runs" is "run"; "cute" stays, and is
 * no "cut"). Chinese is cut by jieba's dictionary and its model for words that are not in it (as jieba-wasm, which runs wherever
 * WebAssembly does), English by winkNLP. Other languages are not tagged.
 */
import { createRequire } from 'node:module';
import type { ItemToken, ItsFunction, WinkMethods } from 'wink-nlp';

export type PartOfSpeech = 'noun' | 'verb' | 'adjective' | 'name' | 'other';

export interface TaggedWord {
  /** As it stands, in lower case. */
  readonly word: string;
  readonly lemma: string;
  readonly tag: PartOfSpeech;
  /** Where it begins, in UTF-16 units. */
  readonly at: number;
}

/** What people who deliver and what else of shops jieba's dictionary of the nineties lacks. */
const LACKING = `送餐员 外卖员 配送员 快递员 骑手 小哥 客服 售后 性价比 差评 好评 保质期 起送费 配送费 包装盒 餐盒 大床房 双床房 标间 隔音 充电器
色差 物流 二维码 验证码 优惠券 小程序 页面 界面`;
const COMMON = 20_000;

/** jieba's tags are of the ICTCLAS set: their first letter is the part of speech. */
const CHINESE_TAGS: readonly (readonly [RegExp, PartOfSpeech])[] = [
  [/^n[rstz]/, 'name'],
  [/^(?:n|vn|an)/, 'noun'],
  [/^v/, 'verb'],
  // Not `ad`: 根本, 直接 and the like say how, and not what.
  [/^(?:a(?!d)|z)/, 'adjective'],
];
/** Universal Dependencies. */
const ENGLISH_TAGS: Readonly<Record<string, PartOfSpeech>> = {
  NOUN: 'noun',
  PROPN: 'name',
  VERB: 'verb',
  ADJ: 'adjective',
};

const load = createRequire(import.meta.url);

type Jieba = typeof import('jieba-wasm');
let jieba: Jieba | undefined;
let wink: WinkMethods | undefined;

/** Loading takes a third of a second, and not every file is Chinese. */
function chineseWords(): Jieba {
  if (!jieba) {
    jieba = load('jieba-wasm') as Jieba;
    for (const word of LACKING.split(/\s+/)) jieba.add_word(word, COMMON, 'n');
  }
  return jieba;
}

function englishWords(): WinkMethods {
  if (!wink) {
    const winkNlp = load('wink-nlp') as typeof import('wink-nlp').default;
    wink = winkNlp(load('wink-eng-lite-web-model'), ['pos']);
  }
  return wink;
}

export function chineseTaggedWords(text: string): TaggedWord[] {
  let at = 0;
  return chineseWords()
    .tag(text.toLowerCase(), true)
    .flatMap(({ word, tag }) => {
      const from = at;
      at += word.length;
      if (!/[\p{L}\p{N}]/u.test(word)) return [];
      const part = CHINESE_TAGS.find(([tags]) => tags.test(tag))?.[1] ?? 'other';
      return [{ word, lemma: word, tag: part, at: from }];
    });
}

export function englishTaggedWords(text: string): TaggedWord[] {
  const nlp = englishWords();
  const found: TaggedWord[] = [];
  let at = 0;
  nlp
    .readDoc(text)
    .tokens()
    .each((token: ItemToken) => {
      const original = token.out();
      const from = text.indexOf(original, at);
      at = Math.max(at, from + original.length);
      if (token.out(nlp.its.type) !== 'word') return;
      const word = original.toLowerCase();
      found.push({
        word,
        lemma: token.out(nlp.its.lemma as ItsFunction<string>),
        tag: ENGLISH_TAGS[token.out(nlp.its.pos)] ?? 'other',
        at: from,
      });
    });
  return found;
}
