/**
 * What a clause is about, in words: without the words that every clause has, and with the forms of a word taken
 * together. What judges ("good", "不错") is kept apart from what is judged: a cluster is a subject, not a feeling.
 */
import { isStopWord, languageOf, type TextLanguage, words } from '@gradus/data';

export interface Token {
  /** The form that is counted. */
  readonly key: string;
  /** The form that people read. */
  readonly surface: string;
  /** Judges, and names nothing. */
  readonly judges: boolean;
  /** What stands behind a word that means something else without it: "top up", "go through". */
  readonly particle?: string;
}

const PARTICLE = /^(?:up|off|out|back|down|through|away)$/u;

const JUDGING = new Set(
  `not good great nice bad best better worst worse excellent amazing awesome awful terrible horrible perfect fantastic wonderful
poor fine okay ok love loved loves like liked hate hated happy unhappy pleased satisfied dissatisfied disappointed
disappointing disappointment recommend recommended impressed lovely beautiful fabulous superb decent mediocre rubbish
crap garbage trash useless worth worthless enjoy enjoyed glad annoying annoyed angry
不错 评 好 很好 真好 太好 挺好 最好 好评 差 很差 太差 差评 差劲 赞 棒 很棒 真棒 太棒 满意 不满意 喜欢 很喜欢 失望 垃圾 一般 一般般 恶心 坑 推荐 点赞 给力 完美
爽 可以 还可以 还行 行 值 值得 哈哈 呵呵 无语 郁闷 气 生气 开心 讨厌 糟糕 满意度 五星 好用 ok
bueno buena bien mejor peor malo mala mal excelente increíble pésimo pésima horrible encanta recomiendo bon bonne mauvais mauvaise
nul nulle mieux bien parfait gut gute guter schlecht schlechte besser toll prima bom boa bem ruim ótimo ótima péssimo péssima melhor pior
buono buona bene ottimo ottima pessimo pessima migliore bagus jelek baik mantap buruk keren accha acha achha acchi bekar ganda mast
хорошо хороший хорошая хорошее плохо плохой плохая отлично отличный ужасно ужасный супер ممتاز جيد جيدة سيء سيئ سيئة رائع 良い 良かった
悪い 最高 最悪 좋아요 좋은 좋습니다 좋고 좋네요 최고 최악 별로`.split(/\s+/),
);

/** Chinese characters that carry grammar at the edges of a word: "太慢了" is 慢. */
const BEFORE = new Set('很太真超最挺也都全又就是还够更蛮特');
/** Words that begin with such a character and are read whole: "更新", "超市". */
const WHOLE_WORDS = new Set(
  `全部 全家 全新 全程 全国 全球 全局 全体 全面 全文 全量 全额 全天 全职 全屏 全网 都市 都会 特价 特点 特色 特别 特殊 特性 特定 特征 特权 特快 超市 超时 超级 超过 超出 超额 超限 超值 超声
真实 真正 真人 真伪 真假 真皮 真丝 真空 最近 最后 最终 最初 最少 最多 就业 就医 就诊 就餐 就近 就绪 还款 还原 还价 还书 还车 还清 更新 更换 更改 更正 更衣 更年 够用 是非 挺拔 又名`.split(
    /\s+/,
  ),
);
const AFTER = new Set('了的得过着啊呢吧吗呀么哦啦');
const GRAMMAR = new Set(
  '不没有都也就是否了要会能的我他她它你们这那还又才很太真想过着啊呢吧吗么呀在到去来说给让把被和跟与及或但而且再只最挺超更个多',
);

const HAN = /\p{Script=Han}/u;

/** @param language Of the text that it is a part of: a clause by itself is often too short to tell */
export function contentTokens(text: string, language: TextLanguage = languageOf(text)): Token[] {
  const tokens: Token[] = [];
  const all = words(text);
  for (const [i, word] of all.entries()) {
    // An emoji is a feeling, not a subject.
    if (isStopWord(word, language) || !/[\p{L}\p{N}]/u.test(word)) continue;
    const key = HAN.test(word) ? chineseKey(word) : language === 'ko' ? koreanKey(word) : englishKey(word);
    if (key !== '' && !isStopWord(key, language))
      tokens.push({
        key,
        surface: HAN.test(word) && !WHOLE_WORDS.has(word) ? key : word,
        judges: JUDGING.has(word) || JUDGING.has(key),
        ...(PARTICLE.test(all[i + 1] ?? '') && { particle: all[i + 1]! }),
      });
  }
  return tokens;
}

/**
 * The content tokens of each clause, by the language of the whole text.
 *
 * @param of Of each clause, which text it is of; default: each is a text by itself.
 */
export function contentDocuments(clauses: readonly string[], of?: ArrayLike<number>): Token[][] {
  if (!of) return clauses.map((clause) => contentTokens(clause));
  const whole = new Map<number, string>();
  for (const [i, clause] of clauses.entries()) whole.set(of[i]!, `${whole.get(of[i]!) ?? ''} ${clause}`);
  const languages = new Map([...whole].map(([text, joined]) => [text, languageOf(joined)]));
  return clauses.map((clause, i) => contentTokens(clause, languages.get(of[i]!)));
}

/** Judges, and says nothing of what. */
export const isBareJudgement = (tokens: readonly Token[]): boolean =>
  tokens.length > 0 && tokens.every(({ judges }) => judges);

/** Without grammar at its edges; empty where nothing else is left. */
function chineseKey(word: string): string {
  if (JUDGING.has(word)) return word;
  let key = word;
  while (key.length > 1 && AFTER.has(key.at(-1)!)) key = key.slice(0, -1);
  while (key.length > 1 && BEFORE.has(key[0]!) && !JUDGING.has(key)) key = key.slice(1);
  return Array.from(key).every((character) => GRAMMAR.has(character)) ? '' : key;
}

/** Without the particle at its end: 배송이, 배송은, 배송을 are 배송. */
const koreanKey = (word: string): string =>
  word.length > 2
    ? word.replace(/(?:에서|으로|까지|부터|이|가|은|는|을|를|에|도|만|의|와|과|로)$/u, '')
    : word;

/** A light stemmer: plural and past forms and -ing. Wrong stems do no harm as long as forms of a word share them. */
function englishKey(word: string): string {
  let key = word.replace(/'s$/, '');
  for (const ending of ['ing', 'ed', 'es', 's']) {
    if (!key.endsWith(ending) || key.length - ending.length < 3 || key.endsWith('ss')) continue;
    key = key.slice(0, -ending.length);
    if (key.length > 3 && key.at(-1) === key.at(-2)) key = key.slice(0, -1);
    break;
  }
  return key.endsWith('e') && key.length > 3 ? key.slice(0, -1) : key;
}
