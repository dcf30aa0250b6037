/**
 * What reviews do beside praising and complaining: they ask for something, ask a question, say farewell, name a rival. Told by how people say
 * so, in Chinese and English (app reviews are sorted so by Maalej et al., "On the automatic classification of app reviews", 2016,
 * who find that such rules and a bag of words are near each other).
 */
import { chineseTaggedWords, simplifiedChinese } from '@gradus/data';
import { wilsonInterval } from '@gradus/stats';
import type { Estimate } from '@gradus/tasks';
import { distinctQuotes, type Evidence } from './evidence.ts';
import type { AnalysisInput } from './input.ts';

export const VOICES = ['request', 'question', 'farewell', 'rival'] as const;
export type VoiceKind = (typeof VOICES)[number];

export interface Voice {
  readonly kind: VoiceKind;
  /** Reviews. */
  readonly count: number;
  readonly share: Estimate;
  /** Of rivals: who is named, most often first. */
  readonly names: readonly { readonly name: string; readonly count: number }[];
  readonly evidence: readonly Evidence[];
}

const HAN = /\p{Script=Han}/u;

const SAYS: Readonly<Record<Exclude<VoiceKind, 'rival'>, { readonly en: RegExp; readonly zh: RegExp }>> = {
  request: {
    en: /\b(?:please (?:add|fix|make|bring|give|stop|let|allow|consider|include|improve|change)|(?:i|we) (?:really )?(?:wish|hope|would like|'d like|would love|'d love) |would be (?:nice|great|better|good|helpful) (?:if|to)|should (?:have an?|add|include|offer|let|allow|provide|be able)|can you (?:please )?(?:add|make)|(?:it|this|they|you) needs? (?:a |an |to |more |better )|wish (?:it|there|they|you) (?:had|were|was|would|could)|could use )/iu,
    zh: /希望|建议|能不能|能否|可不可以|可否|最好(?:能|是|可以)|要是能|如果能|如果可以|请(?:多|加|改|把|不要|务必|提供|注意)|应该(?:多|加|改|提供|有|把)|求加|期待(?:改|能|有)/u,
  },
  question: {
    en: /^\s*(?:how|what|why|when|where|which|who|can|could|is|are|does|do|did|will|would|should)\b[^?？]*[?？]\s*$/iu,
    zh: /(?:吗|么|如何|怎么(?:用|办|弄|样|才|联系|退)|什么时候|哪里|多少钱|可以.*[不吗]|能不能.*)[^?？]{0,6}[?？]\s*$/u,
  },
  farewell: {
    en: /\b(?:never (?:again|order|buy|return|shop|eat|go(?:ing)? back|com(?:e|ing) back|us(?:e|ing) (?:it|this|them) again)\w*|(?:won['’]?t|will not|wouldn['’]?t) (?:be )?(?:order|buy|com(?:e|ing) back|go(?:ing)? back|return|shop|us(?:e|ing) (?:it|this|them) again)\w*|last time (?:i|we)(?:['’]?ll| will| order| buy)|cancel\w* (?:my|our|the) (?:subscription|account|membership|plan)|uninstall\w*|switch(?:ed|ing) to|tak(?:e|ing) (?:my|our) business|lost (?:a|me as a) customer|do(?:n['’]?t| not) buy|stay away|going elsewhere)\b/iu,
    zh: /再也不(?!用|必|怕)|再也没|不会再|不再(?:来|买|点|订|光顾|用)|最后一次|绝不(?:会)?再|绝对不会|拉黑|卸载|退订|换一?家|别买|不要买|永远不|不敢再|(?<!希望)下次不会/u,
  },
};

/**
 * A rival stands behind these. Not `(?i:…)`: V8 (to 14) forgets such a modifier in expressions that it compiles when a process has
 * compiled a megabyte of others.
 */
const BESIDE_EN =
  /\b(?:[Ss]witch(?:ed|ing)? to|[Mm]oved? to|[Gg]oing to|[Bb]etter than|[Ww]orse than|[Cc]heaper than|[Ff]aster than|[Cc]ompared (?:to|with)|[Uu]nlike|[Ii]nstead of|[Pp]refer|[Aa]s good as) (?:[Tt]he )?((?:[A-Z][\w&'’-]+)(?: [A-Z][\w&'’-]+)?)/gu;
const BESIDE_ZH = /(?:不如|比不上|没有|比|相比|换成|换|改用|改吃|去)$/u;
const LATIN_NAME = /^[a-z][a-z0-9&.-]{1,}$/u;
/** Named by fewer reviews, it may be anything. */
const FEWEST_NAMING = 2;
const NO_NAMES = new Set(['i', 'the', 'this', 'that', 'it', 'my', 'ok', 'app', 'wifi', 'vip']);

export function voicesOf(input: AnalysisInput): Voice[] {
  const { clauses, clauseSentiment, reviews } = input;
  const found: Record<VoiceKind, number[]> = { request: [], question: [], farewell: [], rival: [] };
  const naming = new Map<string, Set<number>>();
  const named = new Map<number, string[]>();
  for (const [i, { text: written, review }] of clauses.entries()) {
    const text = simplifiedChinese(written);
    const language = HAN.test(text) ? 'zh' : 'en';
    for (const kind of ['request', 'question', 'farewell'] as const) {
      // A question that complains is asked of nobody.
      if (kind === 'question' && clauseSentiment && clauseSentiment[i]!.polarity !== 'neutral') continue;
      if (SAYS[kind][language].test(text)) found[kind].push(i);
    }
    const rivals = language === 'zh' ? chineseRivals(text) : englishRivals(text);
    if (rivals.length > 0) named.set(i, rivals);
    for (const name of rivals) naming.set(name, (naming.get(name) ?? new Set()).add(review));
  }
  const known = new Map([...naming].filter(([, { size }]) => size >= FEWEST_NAMING));
  found.rival = [...named].filter(([, names]) => names.some((name) => known.has(name))).map(([i]) => i);
  return VOICES.flatMap((kind): Voice[] => {
    const own = found[kind];
    const of = new Set(own.map((i) => clauses[i]!.review));
    if (of.size === 0) return [];
    return [
      {
        kind,
        count: of.size,
        share: { value: of.size / reviews.length, interval: wilsonInterval(of.size, reviews.length) },
        names:
          kind === 'rival'
            ? [...known]
                .map(([name, { size }]) => ({ name, count: size }))
                .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
                .slice(0, 8)
            : [],
        evidence: distinctQuotes(readableFirst(own, input), clauses, reviews),
      },
    ];
  });
}

const englishRivals = (text: string): string[] =>
  Array.from(text.matchAll(BESIDE_EN), ([, name]) => name!).filter(
    (name) => !NO_NAMES.has(name.toLowerCase()),
  );

function chineseRivals(text: string): string[] {
  if (!/不如|比|换|改用|改吃/u.test(text)) return [];
  const words = chineseTaggedWords(text);
  return words.flatMap(({ word, tag, at }) => {
    const isName = tag === 'name' ? word.length > 1 : LATIN_NAME.test(word) && !NO_NAMES.has(word);
    return isName && BESIDE_ZH.test(text.slice(0, at)) ? [word] : [];
  });
}

function readableFirst(own: readonly number[], { clauses }: AnalysisInput): number[] {
  const isReadable = (i: number) => Number(clauses[i]!.text.length >= 8 && clauses[i]!.text.length <= 120);
  return [...own].sort((a, b) => isReadable(b) - isReadable(a) || a - b);
}
