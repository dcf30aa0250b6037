/**
 * Words that say little by themselves. Negations are not among them: "not" turns a clause around. Used to name themes and to find what a text is about, never to read its sentiment.
 */
import { FUNCTION_WORD_SETS } from './function-words.ts';
import type { TextLanguage } from './language.ts';

const CHINESE = `的 了 是 在 我 有 和 就 人 都 一 一个 一次 一样 一下 一点 上 也 很 到 说 要 去 你 会 着 看 自己 这 那 这个 那个 这些 那些
这样 那样 这么 那么 这次 这家 这里 那里 他 她 它 他们 她们 它们 我们 你们 咱们 大家 与 及 或 或者 而 而且 但 但是 不过 可是 然后 所以 因为 因此 如果
虽然 还是 还有 还 又 再 才 只 只是 就是 真 真的 真是 非常 特别 挺 比较 太 更 最 好像 可能 应该 可以 能 能够 被 把 给 对 对于 向 从 让 使 用 由 于 为 为了
以 之 其 其他 等 等等 啊 吧 吗 呢 呀 哦 嗯 哈 哈哈 哈哈哈 啦 哎 唉 嘛 个 些 点 次 下 里 中 后 前 时 时候 什么 怎么 怎样 为什么 哪 哪里 多少 几 每 每次
各 某 该 本 此 得 地 过 来 起来 出来 下来 上来 过来 已 已经 曾 曾经 正在 将 要求 以后 以前 之后 之前 现在 今天 昨天 刚刚 刚 一直 总 总是 经常 有点 有些
一些 感觉 觉得 认为 知道 看到 希望 建议 居然 竟然 其实 反正 毕竟 尤其 甚至 果然 终于 依然 仍然 比 像 跟 同 并 并且 且 即 便 则 若 两 三 俩 您 您好 请 亲 做 弄 搞 想 像是 来说 的话 而已 罢了 一般 一定 所有 全部 整个 完全 十分 相当 略 稍 稍微 略微`;

/** Of English and Chinese, which stand in texts of any language. */
export const STOP_WORDS: ReadonlySet<string> = new Set([...FUNCTION_WORD_SETS.en, ...CHINESE.split(/\s+/)]);

/** Stop words, single Latin letters and bare numbers. @param language Of the text that the word is of */
export function isStopWord(token: string, language: TextLanguage = 'en'): boolean {
  return (
    STOP_WORDS.has(token) ||
    /^(?:[a-z]|[\p{N}.,:%]+)$/u.test(token) ||
    (language !== 'zh' && language !== 'other' && FUNCTION_WORD_SETS[language].has(token))
  );
}
